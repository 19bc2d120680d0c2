import type { Finding } from "./finding.ts";
import type { FindingKeys } from "./finding-keys.ts";
import { createKeySet, knownIn } from "./finding-keys.ts";
import { createWorst } from "./worst.ts";

/** Findings of one owner. */
export interface OwnerCount {
  /** Empty = the resources that name none. */
  readonly owner: string;
  readonly findings: number;
}

/** How the findings differ from those of an earlier run; only of shards that both have seen whole. */
export interface Changes {
  /** The earlier run. */
  readonly since: string;
  readonly new: number;
  /** Findings then that are none now: mended, or their resource is gone. */
  readonly fixed: number;
  readonly open: number;
  /** Shards that were compared, of all. */
  readonly compared: number;
  readonly shards: number;
  /** The worst of the new ones. */
  readonly newest: readonly Finding[];
}

/** What the findings of a run come to, of limited size whatever their number. */
export interface Survey {
  readonly findings: number;
  /** The worst first, at most 100. */
  readonly worst: readonly Finding[];
  /** Owners of the most findings first, at most 50; absent where no finding names one. */
  readonly owners?: readonly OwnerCount[];
  /** Absent where no earlier run is known. */
  readonly changes?: Changes;
}

/** Findings are added shard by shard. */
export interface Surveyor {
  /** All findings that follow are of this shard; `whole` = nothing of it is missing. */
  startShard(shard: string, whole: boolean): void;
  add(finding: Finding): void;
  /** Something of this shard can't be read after all: it is not compared. */
  spoilShard(): void;
  /** Ends the survey. */
  end(): { readonly survey: Survey; readonly keys: FindingKeys };
}

const WORST = 100;
const NEWEST = 50;
const OWNERS = 50;
/** Owners counted apart; more than that is no tag that names owners. */
const OWNERS_COUNTED = 10_000;

/** What the run before this one found. */
export interface Earlier {
  readonly run: string;
  readonly keys: FindingKeys;
}

/** A survey without findings. */
export function createSurveyor(earlier?: Earlier): Surveyor {
  const worst = createWorst(WORST);
  const newest = createWorst(NEWEST);
  const owners = new Map<string, number>();
  const keys = new Map<string, Float64Array>();
  const counts = { findings: 0, new: 0, open: 0, fixed: 0, compared: 0, shards: 0 };
  let current = createKeySet();
  let shard: { readonly id: string; readonly whole: boolean } | undefined;
  let before: Float64Array | undefined;
  let found = { new: 0, open: 0 };

  const endShard = (): void => {
    if (shard?.whole !== true) return;
    keys.set(shard.id, current.sorted());
    if (before === undefined) return;
    counts.compared += 1;
    counts.new += found.new;
    counts.open += found.open;
    counts.fixed += Math.max(0, before.length - found.open);
  };
  return {
    startShard(id, whole) {
      endShard();
      shard = { id, whole };
      current = createKeySet();
      found = { new: 0, open: 0 };
      before = whole ? earlier?.keys.get(id) : undefined;
      counts.shards += 1;
    },
    add(finding) {
      counts.findings += 1;
      worst.add(finding);
      const owner = finding.owner ?? "";
      if (owners.has(owner) || owners.size < OWNERS_COUNTED) owners.set(owner, (owners.get(owner) ?? 0) + 1);
      const key = current.add(finding);
      if (before === undefined) return;
      if (knownIn(before, key)) {
        found.open += 1;
      } else {
        found.new += 1;
        newest.add(finding);
      }
    },
    spoilShard() {
      if (shard !== undefined) shard = { ...shard, whole: false };
    },
    end() {
      endShard();
      shard = undefined;
      const named = [...owners].some(([owner]) => owner !== "");
      const { findings, ...changed } = counts;
      const survey: Survey = {
        findings,
        worst: worst.list(),
        ...(named && { owners: mostFindings(owners) }),
        ...(earlier !== undefined && { changes: { since: earlier.run, ...changed, newest: newest.list() } }),
      };
      return { survey, keys };
    },
  };
}

function mostFindings(owners: ReadonlyMap<string, number>): OwnerCount[] {
  return [...owners]
    .map(([owner, findings]) => ({ owner, findings }))
    .sort((a, b) => b.findings - a.findings || (a.owner < b.owner ? -1 : 1))
    .slice(0, OWNERS);
}
