import { InputError } from "../errors.ts";
import { complianceWith, type Evaluation } from "../evaluation.ts";

/** What a later run needs to know of a finding, or of what was one until nobody judged it any more. */
export interface KnownFinding {
  readonly id: string;
  /** The start of the first run that found it, in milliseconds since the epoch. */
  readonly firstSeen: number;
  /** Whether the run that leaves this has sent it to enforcement. */
  readonly repair: boolean;
  /** The policies that it breaks, each with the start of the first run that found it broken; absent = not kept. */
  readonly broken?: ReadonlyMap<string, number>;
  /** Why it is no finding now, although nobody has mended it; absent = it is one. */
  readonly absence?: Absence;
}

/** `exempted`: an exemption covers what it lacks, through the day `until`. `unjudged`: a policy that it broke doesn't match it any more. */
export type Absence =
  | { readonly kind: "exempted"; readonly until?: string | undefined }
  | { readonly kind: "unjudged" };

/**
 * What becomes of a known finding that is none any more: it is fixed only where every policy that it broke has judged it
 * and found it good.
 */
export function endOf({ broken = NONE }: KnownFinding, evaluation: Evaluation): "fixed" | Absence["kind"] {
  const { compliance, policies } = evaluation;
  if (compliance === "not-applicable" || !broken.keys().every((name) => policies.includes(name))) return "unjudged";
  const isExempt =
    broken.size === 0
      ? compliance === "exempt"
      : broken.keys().some((name) => complianceWith(name, evaluation) === "exempt");
  return isExempt ? "exempted" : "fixed";
}

const NONE: ReadonlyMap<string, number> = new Map();

/** A known finding as a line, short because there may be millions; no line feed. */
export function knownLine({ id, firstSeen, repair, broken, absence }: KnownFinding): string {
  const start = `[${JSON.stringify(id)},${firstSeen}`;
  if (broken === undefined && absence === undefined) return `${start}${repair ? ",1" : ""}]`;
  const policies = JSON.stringify(Object.fromEntries(broken ?? NONE));
  return `${start},${repair ? 1 : 0},${policies}${absence === undefined ? "" : `,${absenceJson(absence)}`}]`;
}

function absenceJson(absence: Absence): string {
  return absence.kind === "unjudged" ? '"u"' : `"x${absence.until ?? ""}"`;
}

function absenceFrom(text: unknown): Absence | undefined {
  if (text === "u") return { kind: "unjudged" };
  if (typeof text !== "string" || !text.startsWith("x")) return undefined;
  return text === "x" ? { kind: "exempted" } : { kind: "exempted", until: text.slice(1) };
}

/** Reads a line that `knownLine` wrote. Throws InputError, with `where` in front, where it is something else. */
export function knownFrom(line: string, where: string): KnownFinding {
  const [id, firstSeen, repair, policies, absent] = parsed(line);
  if (typeof id !== "string" || typeof firstSeen !== "number") {
    throw new InputError(`${where}: is not what an audit left; remove the file`);
  }
  const absence = absenceFrom(absent);
  return {
    id,
    firstSeen,
    repair: repair === 1,
    ...(isTimes(policies) && { broken: new Map(Object.entries(policies)) }),
    ...(absence !== undefined && { absence }),
  };
}

function isTimes(value: unknown): value is Readonly<Record<string, number>> {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((time) => typeof time === "number")
  );
}

function parsed(line: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(line);
    return Array.isArray(value) ? value : [];
  } catch {
    // The caller says which line doesn't parse.
    return [];
  }
}

const DAY_MS = 86_400_000;

/** Whether the grace of what was found first then is not over for a run that starts now. */
export function graceLasts(firstSeen: number, startedAt: number, graceDays: number): boolean {
  return startedAt < firstSeen + graceDays * DAY_MS;
}
