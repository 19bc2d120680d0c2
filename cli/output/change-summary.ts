import { errorText } from "../../lib/core/errors.ts";
import { countText, numberText } from "../../lib/core/report/figures.ts";
import type { Io } from "../io.ts";
import { durationText } from "./durations.ts";
import { writeTable, type Column } from "./results.ts";
import { wrapped } from "./text-cell.ts";

/** One tag of one resource, and what becomes of it; or a whole resource of which no tag is named. */
export interface SummaryRow {
  readonly type: string;
  readonly account: string;
  readonly region: string;
  readonly id: string;
  /** `key=value`, `key=old → new`, or a key alone; empty for a whole resource. */
  readonly tag: string;
  /** How it ended, or would end. */
  readonly outcome: string;
  /** Set where it is written: what is done, and to which tag. */
  readonly written?: { readonly verb: Verb; readonly tag: string };
  /** Nothing had to be done, and there is nothing to tell of it. */
  readonly isFine?: boolean;
  readonly code?: string | undefined;
  readonly message?: string | undefined;
}

/** What becomes of a tag, with how that is told before it is done and afterwards. */
const VERBS = {
  write: ["write", "wrote"],
  add: ["add", "added"],
  replace: ["replace", "replaced"],
  takeOff: ["take off", "took off"],
  putBack: ["put back", "put back"],
} as const;

export type Verb = keyof typeof VERBS;

export interface Summary {
  readonly applied: boolean;
  readonly rows: readonly SummaryRow[];
  /** By how they ended, or would end. */
  readonly outcomes: { readonly of: "tag" | "resource"; readonly counts: ReadonlyMap<string, number> };
  /** Sent, or to be sent, to write. */
  readonly calls: number;
  /** What they take, or have taken with everything else. */
  readonly seconds: number;
  /** What else there is to know before it is done. */
  readonly notes?: readonly string[];
  /** Every row is shown as well. */
  readonly withRows: boolean;
}

/** The last thing that is said: what may be done now, and the command for it. */
export interface Next {
  readonly what: string;
  readonly command: string;
}

/** Longer lists of tags and reasons are cut, with a line that says so. */
const MOST_GROUPS = 20;
/** Rows that ask for somebody's attention, without `--rows`. */
const MOST_REFUSED = 20;

/** Says first what is, or would be, written; then by tag, and by why not; then the rows; in the end what to do next. */
export async function writeSummary(summary: Summary, next: Next | undefined, io: Io): Promise<void> {
  const { applied, rows, outcomes, withRows } = summary;
  const { columns = Infinity } = io.stdout;
  for (const line of wrapped(headline(summary), columns)) await io.stdout.print([{ text: line, style: "bold" }, "\n"]);
  for (const note of summary.notes ?? []) await io.stdout.write(`${wrapped(note, columns).join("\n")}\n`);
  if (outcomes.counts.size > 0) {
    await io.stdout.write("\n");
    await writeTable(
      io.stdout,
      [
        ["outcome", ([outcome]) => outcome, "state"],
        [`${outcomes.of}s`, ([, count]) => numberText(count), "number"],
      ],
      outcomes.counts,
    );
  }
  await writeGroups(writtenGroups(rows, applied), [applied ? "did" : "would", "tag"], io);
  await writeGroups(heldGroups(rows), [applied ? "left" : "would leave", "because"], io);
  const refused = rows.filter(isRefused);
  const shown = withRows ? rows : applied ? refused.slice(0, MOST_REFUSED) : [];
  if (shown.length > 0) {
    await io.stdout.write("\n");
    await writeTable(io.stdout, ROW_COLUMNS, shown);
  }
  if (!withRows && applied && refused.length > shown.length) {
    await io.stdout.write(`… and ${countText(refused.length - shown.length, "more")}; --format json names them all\n`);
  }
  if (next !== undefined) await io.stdout.write(`\n${next.what}\n${next.command}\n`);
}

const ROW_COLUMNS: readonly Column<SummaryRow>[] = [
  ["outcome", ({ outcome }) => outcome, "state"],
  ["type", ({ type }) => type],
  ["id", ({ id }) => id, "id"],
  ["tag", ({ tag }) => tag],
  ["code", ({ code }) => code ?? ""],
  ["message", ({ message }) => message ?? ""],
];

function isRefused({ outcome }: SummaryRow): boolean {
  return outcome === "rejected" || outcome === "failed";
}

const ofResource = ({ type, account, region, id }: SummaryRow): string => JSON.stringify([type, account, region, id]);

function headline({ applied, rows, calls, seconds }: Summary): string {
  const written = rows.filter((row) => row.written !== undefined);
  if (written.length === 0) return applied ? "Nothing was written." : "Nothing would be written.";
  const resources = countText(new Set(written.map(ofResource)).size, "resource");
  const what = `${countText(written.length, "tag")} of ${resources} in ${countText(calls, "call")}`;
  if (applied) return `Changed ${what}, in ${durationText(seconds)}.`;
  return `Would change ${what}, in about ${durationText(seconds)}. Nothing is written yet.`;
}

interface Group {
  readonly what: string;
  /** The key that it is about, where that isn't said otherwise. */
  readonly key?: string;
  readonly about: string;
  readonly rows: readonly SummaryRow[];
}

function writtenGroups(rows: readonly SummaryRow[], applied: boolean): readonly Group[] {
  const written = rows.flatMap((row) => (row.written === undefined ? [] : [{ row, ...row.written }]));
  return [...Map.groupBy(written, ({ verb, tag }) => JSON.stringify([verb, tag])).values()].flatMap((some) =>
    some[0] === undefined
      ? []
      : { what: VERBS[some[0].verb][applied ? 1 : 0], about: some[0].tag, rows: some.map(({ row }) => row) },
  );
}

/** By outcome, code and key; with the message, where all of a group have the same. */
function heldGroups(rows: readonly SummaryRow[]): readonly Group[] {
  const held = rows.filter(({ written, isFine }) => written === undefined && isFine !== true);
  return [
    ...Map.groupBy(held, ({ outcome, code, tag }) => JSON.stringify([outcome, code, keyIn(tag)])).values(),
  ].flatMap((some) => {
    const [first] = some;
    if (first === undefined) return [];
    const messages = new Set(some.map(({ message = "" }) => message));
    const message = messages.size === 1 ? (first.message ?? "") : "";
    const { code } = first;
    const about = code === undefined || message === "" ? (code ?? message) : errorText(code, message);
    const reason = about === "" ? reasonFor(first.outcome) : about;
    return { what: first.outcome, about: reason, key: keyIn(first.tag), rows: some };
  });
}

/** The key of a tag that is told as `key=value`. */
function keyIn(tag: string): string {
  return tag.split("=", 1)[0] ?? "";
}

function reasonFor(outcome: string): string {
  return outcome === "gone" ? "the resource is not there any more" : "no reason was given";
}

async function writeGroups(
  groups: readonly Group[],
  [what, about]: readonly [what: string, about: string],
  io: Io,
): Promise<void> {
  if (groups.length === 0) return;
  const sorted = groups.toSorted((one, other) => other.rows.length - one.rows.length);
  await io.stdout.write("\n");
  await writeTable<Group>(
    io.stdout,
    [
      [what, (group) => group.what, "state"],
      ["tags", ({ rows }) => tagCount(rows), "number"],
      ["resources", ({ rows }) => numberText(new Set(rows.map(ofResource)).size), "number"],
      ...(groups.some(({ key = "" }) => key !== "") ? [["key", ({ key = "" }) => key] satisfies Column<Group>] : []),
      [about, (group) => group.about],
    ],
    sorted.slice(0, MOST_GROUPS),
  );
  const more = sorted.length - MOST_GROUPS;
  if (more > 0) await io.stdout.write(`… and ${countText(more, "other")}; --rows names each\n`);
}

/** Of a whole resource nobody knows which tags. */
function tagCount(rows: readonly SummaryRow[]): string {
  const count = rows.filter(({ tag }) => tag !== "").length;
  return count === 0 ? "" : numberText(count);
}

/** Counts by a word, in the order in which the words come first. */
export function countBy(words: Iterable<string>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}
