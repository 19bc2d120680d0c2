import type { Finding } from "./finding.ts";
import { ownerKey } from "./owner.ts";
import type { FindingCounts } from "./summary.ts";
import { createWorst } from "./worst.ts";

/** Findings of one owner. */
export interface OwnerCount {
  /** As the first finding spells it: case doesn't count. Empty = the resources that name none. */
  readonly owner: string;
  readonly findings: number;
}

/**
 * How the findings differ from those of an earlier run, counted in the listings that both have seen. `fixed` and `gone`
 * stand apart, and so does what reports of earlier versions didn't count.
 */
export interface Changes
  extends Omit<FindingCounts, "compared" | "alone" | Later>, Partial<Pick<FindingCounts, Later>> {
  /** The earlier run. */
  readonly since: string;
  /** Shards that were compared as a whole, of all. */
  readonly compared: number;
  readonly shards: number;
  /** The worst of the new ones. */
  readonly newest: readonly Finding[];
}

type Later = "exempted" | "unjudged" | "added" | "newlyBroken";

/** What the findings of a run come to, of limited size whatever their number. */
export interface Survey {
  readonly findings: number;
  /** The worst first, at most 100. */
  readonly worst: readonly Finding[];
  /** Owners of the most findings first, at most 50; absent where no finding names one. */
  readonly owners?: readonly OwnerCount[];
  /** Later where no earlier run is known. */
  readonly changes?: Changes;
}

/** Findings are added one by one. */
export interface Surveyor {
  add(finding: Finding): void;
  /** Ends the survey; `changes` = what the shards counted, where an earlier run is known. */
  end(changes?: Omit<Changes, "newest">): Survey;
}

const WORST = 100;
const NEWEST = 50;
const OWNERS = 50;
/** Owners counted apart; more than that is no tag that names owners. */
const OWNERS_COUNTED = 10_000;

/** A survey without findings. */
export function createSurveyor(): Surveyor {
  const worst = createWorst(WORST);
  const newest = createWorst(NEWEST);
  const owners = new Map<string, OwnerCount>();
  let findings = 0;
  return {
    add(finding) {
      findings += 1;
      worst.add(finding);
      if (finding.state === "new") newest.add(finding);
      const key = ownerKey(finding.owner ?? "");
      const { owner, findings: theirs } = owners.get(key) ?? { owner: finding.owner ?? "", findings: 0 };
      if (theirs > 0 || owners.size < OWNERS_COUNTED) owners.set(key, { owner, findings: theirs + 1 });
    },
    end(changes) {
      const named = owners.keys().some((key) => key !== "");
      return {
        findings,
        worst: worst.list(),
        ...(named && { owners: mostFindings([...owners.values()]) }),
        ...(changes !== undefined && { changes: { ...changes, newest: newest.list() } }),
      };
    },
  };
}

function mostFindings(owners: readonly OwnerCount[]): OwnerCount[] {
  return owners.toSorted((a, b) => b.findings - a.findings || (a.owner < b.owner ? -1 : 1)).slice(0, OWNERS);
}
