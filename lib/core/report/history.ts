import type { ComplianceCounts } from "./summary.ts";
import type { Report } from "./report.ts";

/** What is kept of a run for the trend. */
export interface PastRun {
  readonly run: string;
  /** RFC 3339, UTC. */
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly policyHash: string;
  readonly complete: boolean;
  readonly resources: number;
  readonly compliance: number | null;
  readonly evaluated: ComplianceCounts;
  /** API calls in all. */
  readonly calls: number;
  /** Absent where it was not counted. */
  readonly shardCount?: number;
  /** Names of its policies, in file order; absent where they were not known. */
  readonly policies?: readonly string[];
}

const RUNS_KEPT = 30;

export function pastRun(report: Report): PastRun {
  const { run, startedAt, finishedAt, policyHash, complete, resources, compliance, evaluated, shardCount, policies } =
    report;
  const calls = Object.values(report.calls).reduce((sum, n) => sum + n, 0);
  const kept = { run, startedAt, finishedAt, policyHash, complete, resources, compliance, evaluated, calls };
  return {
    ...kept,
    ...(shardCount !== undefined && { shardCount }),
    ...(policies !== undefined && { policies: policies.map(({ name }) => name) }),
  };
}

/** The last runs, the earliest first, with this one; a run that is published again counts once. */
export function withRun(history: readonly PastRun[], added: PastRun): PastRun[] {
  return [...history.filter(({ run }) => run !== added.run), added].sort(byStart).slice(-RUNS_KEPT);
}

/** The last run that started before this one. */
export function runBefore(history: readonly PastRun[], { run, startedAt }: Pick<PastRun, "run" | "startedAt">) {
  return history
    .filter((past) => past.run !== run && past.startedAt <= startedAt)
    .sort(byStart)
    .at(-1);
}

/** What stands between two runs but tags, as far as it is known. */
export function differencesOf(
  before: Pick<PastRun, "policyHash" | "shardCount">,
  now: Pick<PastRun, "policyHash" | "shardCount">,
): { readonly policies: boolean; readonly places: boolean } {
  const areCounted = before.shardCount !== undefined && now.shardCount !== undefined;
  return { policies: before.policyHash !== now.policyHash, places: areCounted && before.shardCount !== now.shardCount };
}

/** Reads what was kept; undefined where it is something else. */
export function historyFrom(value: unknown): readonly PastRun[] | undefined {
  return Array.isArray(value) && value.every(isPastRun) ? value : undefined;
}

function isPastRun(value: unknown): value is PastRun {
  if (typeof value !== "object" || value === null) return false;
  const past = value as Partial<Record<keyof PastRun, unknown>>;
  return (
    typeof past.run === "string" &&
    typeof past.startedAt === "string" &&
    !Number.isNaN(Date.parse(past.startedAt)) &&
    (past.compliance === null || typeof past.compliance === "number") &&
    typeof past.resources === "number" &&
    typeof past.calls === "number" &&
    typeof past.evaluated === "object" &&
    past.evaluated !== null &&
    (past.policies === undefined || isNames(past.policies))
  );
}

function isNames(value: unknown): boolean {
  return Array.isArray(value) && value.every((name) => typeof name === "string");
}

function byStart(a: PastRun, b: PastRun): number {
  return a.startedAt < b.startedAt || (a.startedAt === b.startedAt && a.run < b.run) ? -1 : 1;
}
