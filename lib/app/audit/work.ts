import type { AccountConfig } from "../../core/config/config.ts";
import type { ApiContract, TypeContract } from "../../core/contract.ts";
import { InputError } from "../../core/errors.ts";
import type { PolicySet } from "../../core/evaluation.ts";
import type { PreparedPolicies } from "../../core/policy/prepare.ts";
import type { Summariser } from "../../core/report/summarise.ts";
import type { ResourceType } from "../../core/resource.ts";
import type { Caller } from "../cloud/call.ts";
import type { ShardMessage } from "../ports/audit-queue.ts";
import type { Clock, Log } from "../ports/invocation.ts";
import type { ObjectStore } from "../ports/objects.ts";
import type { TagProvider } from "../ports/provider.ts";
import type { SeenLedger } from "../ports/seen.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { AuditLayout } from "./layout.ts";
import { workPrefix } from "./layout.ts";
import { mergeRuns } from "./sort.ts";
import type { SightingLine, SortFiles } from "./sort.ts";

export interface AuditSizes {
  /** Resources that are held at once while they are sorted. */
  readonly sightingsHeld: number;
  /** Characters that they may come to. */
  readonly charactersHeld: number;
  /** Evaluations per part. */
  readonly linesPerPart: number;
  /** Resources whose tags are read and held at once; also what is done again after a crash or a hand-on. */
  readonly window: number;
  /** The same for five regions, where most of them needn't be read: what is left of fewer would hardly fill a call. */
  readonly provenWindow: number;
}

export const AUDIT_SIZES: AuditSizes = {
  sightingsHeld: 5_000,
  charactersHeld: 1_000_000,
  linesPerPart: 50_000,
  window: 500,
  provenWindow: 5_000,
};

/** Policies that judge an audit; those that can say what follows from a finding do. */
export type AuditPolicies = PolicySet &
  Partial<
    Pick<
      PreparedPolicies,
      "consequencesOf" | "repairable" | "exemptionsMatching" | "exemptUntil" | "requirements" | "requirementsOf"
    >
  >;

/** Findings of an earlier run, sorted by id. */
export interface EarlierParts {
  readonly parts: readonly string[];
  /** They are those of another shard, which audited what has no region before this one did. */
  readonly ofGlobal?: true;
  /** What the policies of that run asked; absent = not known. */
  readonly asked?: ReadonlySet<string>;
}

/** One invocation's work on one shard. */
export interface ShardWork {
  readonly message: ShardMessage;
  readonly provider: TagProvider;
  readonly account: AccountConfig;
  /** Counts each attempt of a call. */
  readonly caller: Caller;
  readonly clock: Clock;
  readonly objects: ObjectStore;
  readonly layout: AuditLayout;
  readonly log: Log;
  readonly sizes: AuditSizes;
  /** What this invocation adds to the summary of its checkpoint. */
  readonly counts: Summariser;
  /** What an earlier run left of the findings of one type; undefined = nothing. */
  earlier(type: ResourceType): Promise<EarlierParts | undefined>;
  /** Tags that name who owns a resource; undefined = the usual ones. */
  readonly ownerTags: readonly string[] | undefined;
  /** Whether a finding that is to be repaired is sent to enforcement. */
  repair(): boolean;
  /** What events told of, and how long a resource may take until listings show it; undefined = nobody keeps it. */
  readonly seen: { readonly ledger: SeenLedger; readonly settleMs: number } | undefined;
  /** A name that no other invocation and no earlier call gives. */
  nextName(): string;
  /** Whether it is time to hand on. */
  late(): boolean;
}

/** Where a step of the work ended. */
export interface Step {
  readonly point: Checkpoint;
  /** True where it ended for lack of time: the rest is to be handed on from `point`. */
  readonly outOfTime: boolean;
}

/** One read call, under the account's rate and with retries. */
export function auditCall<Result>(
  { account, caller, message: { shard } }: ShardWork,
  api: ApiContract,
  send: () => Promise<Result>,
  region = shard.region,
): Promise<Result> {
  return caller.call({ account, region, api, kind: "read" }, send);
}

/** The type that a checkpoint is at, with its contract. */
export function typeAt({ typeIndex }: Checkpoint, work: ShardWork): { type: ResourceType; contract: TypeContract } {
  const { shard } = work.message;
  const type = shard.types[typeIndex] ?? "";
  const contract = work.provider.contractFor(type);
  if (contract === undefined) throw new InputError(`shard ${shard.id}: no API of its provider serves ${type}`);
  return { type, contract };
}

/** Where a shard keeps its sorted sightings. */
export function sortFiles(work: ShardWork): SortFiles {
  const { objects, message } = work;
  const { run, shard } = message;
  return {
    async put(body) {
      const name = `${workPrefix(run, shard.id)}sightings-${work.nextName()}.ndjson`;
      await objects.put(name, body);
      return name;
    },
    async get(name) {
      const file = await objects.get(name);
      if (file !== undefined) return file;
      throw new Error(`shard ${shard.id}: ${name} is gone; another attempt may have ended`);
    },
  };
}

/** What a checkpoint's listings showed, each resource once and in the order of ids; those up to `after` are left out. */
export function sighted(
  { sightings, after }: Pick<Checkpoint, "sightings" | "after">,
  work: ShardWork,
): AsyncGenerator<SightingLine[]> {
  return mergeRuns(sightings, sortFiles(work), after);
}
