/**
 * What a shard writes part by part. `known` = its findings as the next run needs them; `repairs` = what is to be sent to
 * enforcement, removed once it is sent.
 */
export const PART_KINDS = ["evaluations", "findings", "known", "repairs"] as const;
export type PartKind = (typeof PART_KINDS)[number];
/** Those that people query. */
export type QueriedKind = "evaluations" | "findings";

/** Where the objects of a run stand. Evaluations and findings differ between the two layouts, the rest doesn't. */
export interface AuditLayout {
  part(kind: PartKind, run: string, shard: string, part: string): string;
  /** What the names of all parts of a shard start with, and no others. */
  partPrefix(kind: PartKind, run: string, shard: string): string;
  /** What the names of all parts of a run start with, and perhaps those of others. */
  runPrefix(kind: QueriedKind, run: string): string;
  /** The shard of this run that a part with this name is of; undefined = it is of another run. */
  shardOf(kind: QueriedKind, run: string, name: string): string | undefined;
  /** `report.html`, `report.json` and `report.md` of a run. */
  report(run: string, file: string): string;
  /** Where the report of the latest run stands too, as deep as its own place, so that its links fit; absent = nowhere. */
  latest?(file: string): string;
  /** What is kept of the last runs, for the trend. */
  readonly history: string;
  /** Where the findings stand that a run knew of: what the next run compares its own with. */
  knownIndex(run: string): string;
  /** What the policies of a run asked. */
  knownRequirements(run: string): string;
}

/** Prefixes as Athena and Glue read them: `evaluations/run=…/shard=…/…`. */
export const partitionedLayout: AuditLayout = {
  part: (kind, run, shard, part) => `${kind}/run=${run}/shard=${shard}/${part}.ndjson.gz`,
  partPrefix: (kind, run, shard) => `${kind}/run=${run}/shard=${shard}/`,
  runPrefix: (kind, run) => `${kind}/run=${run}/`,
  shardOf: (kind, run, name) => between(name, `${kind}/run=${run}/shard=`, "/"),
  report: (run, file) => `reports/run=${run}/${file}`,
  latest: (file) => `reports/latest/${file}`,
  history: "reports/history.json",
  knownIndex: (run) => `reports/run=${run}/known-findings.json`,
  knownRequirements: (run) => `reports/run=${run}/known-requirements.json`,
};

/**
 * A directory for people: `evaluations/*.ndjson.gz`, `findings/*.ndjson.gz`, `report.*`. The parts of a run stand beside
 * those of the run that is under way; `runThatLeft` tells them apart.
 */
export const flatLayout: AuditLayout = {
  part: (kind, run, shard, part) => `${flatPrefix(kind, run, shard)}${part}.ndjson.gz`,
  partPrefix: flatPrefix,
  runPrefix: (kind) => `${kind}/`,
  shardOf: (kind, run, name) => between(name, `${kind}/`, `.${run}.`),
  report: (_run, file) => file,
  history: "history.json",
  knownIndex: (run) => `history/run=${run}/known-findings.json`,
  knownRequirements: (run) => `history/run=${run}/known-requirements.json`,
};

function flatPrefix(kind: PartKind, run: string, shard: string): string {
  return kind === "known" ? `history/run=${run}/${shard}.` : `${kind}/${shard}.${run}.`;
}

function between(name: string, before: string, after: string): string | undefined {
  const end = name.startsWith(before) ? name.indexOf(after, before.length) : -1;
  return end < 0 ? undefined : name.slice(before.length, end);
}

/** As `runNameAt` makes it. */
const RUN = String.raw`(?<run>\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z)`;
/** Account, region and service, after the provider: see `planShards`. */
const SHARD = String.raw`[a-z]+(?:\.[\w-]+){3}`;
const FLAT_NAMES = [
  String.raw`(?:evaluations|findings|repairs)/${SHARD}\.${RUN}\.[\w-]+\.ndjson\.gz`,
  String.raw`history/run=${RUN}/(?:known-(?:findings|requirements)\.json|${SHARD}\.[\w-]+\.ndjson\.gz)`,
  String.raw`work/run=${RUN}/shard=${SHARD}/(?:checkpoint|sightings)-[\w-]+\.(?:json|ndjson)`,
  String.raw`summaries/run=${RUN}/shard=${SHARD}/[\w-]+\.json`,
  String.raw`runs/${RUN}(?:/groups|/group-\d+)?\.json`,
].map((name) => new RegExp(`^${name}$`, "u"));

/** The run that left an object where `flatLayout` puts them; undefined = it is none of ours, and nobody may remove it. */
export function runThatLeft(name: string): string | undefined {
  for (const pattern of FLAT_NAMES) {
    const run = pattern.exec(name)?.groups?.["run"];
    if (run !== undefined) return run;
  }
  return undefined;
}

/** What a shard keeps while it is under way: sightings, checkpoints. Removed when it is done. */
export function workPrefix(run: string, shard: string): string {
  return `work/run=${run}/shard=${shard}/`;
}

/** Sorted like the attempts that leave them. */
export function checkpointName(run: string, shard: string, attempt: string): string {
  return `${checkpointPrefix(run, shard)}${attempt}.json`;
}

export function checkpointPrefix(run: string, shard: string): string {
  return `${workPrefix(run, shard)}checkpoint-`;
}

export function summaryName(run: string, shard: string, attempt: string): string {
  return `summaries/run=${run}/shard=${shard}/${attempt}.json`;
}
