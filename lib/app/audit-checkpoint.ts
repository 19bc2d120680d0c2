import { EMPTY_SUMMARY } from "../core/report/summary.ts";
import type { Summary } from "../core/report/summary.ts";

/** Names of the parts that a shard has written, in order. Parts that no manifest names don't count. */
export interface Manifest {
  readonly evaluations: readonly string[];
  readonly findings: readonly string[];
}

/** From where an invocation carries on with a shard: everything before it is done and safe. */
export interface Checkpoint {
  /** Which of the shard's types is under way; those before it are done. */
  readonly typeIndex: number;
  /** Its listings, in turn; `read` once all are complete. */
  readonly phase: "inventory" | "scan" | "read";
  /** Where the listing goes on; absent = at its start. */
  readonly token?: string;
  /** Times this type's listing had to start again because its token was refused. */
  readonly restarts: number;
  /** Sorted files of sightings of this type. */
  readonly sightings: readonly string[];
  /** While reading: the last id that was evaluated. */
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
  manifest: { evaluations: [], findings: [] },
  summary: EMPTY_SUMMARY,
};

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
