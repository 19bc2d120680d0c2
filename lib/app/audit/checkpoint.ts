import type { Recorded } from "../../core/recorded.ts";
import { EMPTY_SUMMARY, mergeSummaries } from "../../core/report/summary.ts";
import type { Gap, Summary } from "../../core/report/summary.ts";
import type { ResourceType } from "../../core/resource.ts";
import type { TokenMark } from "../cloud/token-mark.ts";
import type { PartKind } from "./layout.ts";
import type { Scans, Tallies } from "./second-look.ts";
import type { SortedRun } from "./sort.ts";

/** Names of the parts that a shard has written, in order. Parts that no manifest names don't count. */
export interface Manifest {
  readonly evaluations: readonly string[];
  readonly findings: readonly string[];
  /** By listed type, also of types without findings. */
  readonly known: Readonly<Record<ResourceType, readonly string[]>>;
  readonly repairs: readonly string[];
}

const NO_PARTS: Manifest = { evaluations: [], findings: [], known: {}, repairs: [] };

/** From where an invocation carries on with a shard: everything before it is done and safe. */
export interface Checkpoint {
  /** Which of the shard's types is under way; those before it are done. */
  readonly typeIndex: number;
  /** Its listings, in turn; `read` once all are complete. `count`: the cloud is asked how many there are. */
  readonly phase: "inventory" | "count" | "scan" | "seen" | "read";
  /** Where the listing goes on; absent = at its start. */
  readonly token?: string;
  /** What this listing remembers of its tokens. */
  readonly mark?: TokenMark;
  /** Pages in a row, up to here, that brought nothing; absent = none. */
  readonly idle?: number;
  /** The most resources that a page of this listing said there were. */
  readonly total?: number;
  /** Times this type had to be listed anew: its token was refused, or the listing showed too few resources. */
  readonly restarts: number;
  /** What the listings of this type showed so far. */
  readonly sightings: readonly SortedRun[];
  /** What its inventory records; absent = nobody has asked, or nobody can say. */
  readonly recorded?: Recorded;
  /** Rows that its inventory has answered for the regions that are audited, whether they are ours or not; absent = nobody asks. */
  readonly rowsListed?: number;
  /** What its inventory has shown of each type and region, where the inventory's tags prove compliance. */
  readonly tallies?: Tallies;
  /** The listings by type that take the place of reads by name; absent = not decided yet. */
  readonly scans?: Scans;
  /** While reading: the last name that was evaluated. */
  readonly after?: string;
  readonly manifest: Manifest;
  readonly summary: Summary;
}

/** Where every shard starts. */
export const SHARD_START: Checkpoint = {
  typeIndex: 0,
  phase: "inventory",
  restarts: 0,
  sightings: [],
  manifest: NO_PARTS,
  summary: EMPTY_SUMMARY,
};

/** The names of all parts of one kind. */
export function partsOf(manifest: Manifest, kind: PartKind): readonly string[] {
  return kind === "known" ? Object.values(manifest.known).flat() : manifest[kind];
}

/** The same place, with a part of the run that is known to be missing; what is known already stands there once. */
export function withGap(point: Checkpoint, gap: Gap): Checkpoint {
  const isKnown = ({ shard, type, reason }: Gap) => shard === gap.shard && type === gap.type && reason === gap.reason;
  if (point.summary.gaps.some(isKnown)) return point;
  return { ...point, summary: mergeSummaries(point.summary, { ...EMPTY_SUMMARY, gaps: [gap] }) };
}

/** What a finished shard leaves for the report. */
export interface ShardSummary {
  readonly manifest: Manifest;
  readonly summary: Summary;
}

/** JSON as the bytes of an object. */
export function toJson(value: Checkpoint | ShardSummary): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

/** Reads a checkpoint that this version wrote. */
export function checkpointFrom(body: Uint8Array): Checkpoint {
  return JSON.parse(new TextDecoder().decode(body)) as Checkpoint;
}

/** Reads a summary that this version wrote. */
export function shardSummaryFrom(body: Uint8Array): ShardSummary {
  return JSON.parse(new TextDecoder().decode(body)) as ShardSummary;
}
