import { OUTCOMES } from "../../lib/core/outcome.ts";
import { countText, numberText, percentText as percent } from "../../lib/core/report/figures.ts";
import { shownTag } from "../../lib/core/shown.ts";
import type {
  ComplianceChange,
  Judged,
  LackingTag,
  LocalResult,
  Planted,
  ResourceEnd,
} from "../../local/run/result.ts";
import { plainText, type Io } from "../io.ts";
import { countBy } from "./change-summary.ts";
import { commandLine } from "./next-command.ts";
import { writeNotes } from "./row-notes.ts";
import { wrapped } from "./text-cell.ts";
import { writeTable, type Column } from "./results.ts";

/** Resources that a table names one by one; the rest is in a file. */
const MOST_NAMED = 40;

/** Who would have been told what: the chats of a local run are on this machine. */
function alertsText({ messages, changes }: LocalResult["alerts"]): string {
  const sent = Object.values(messages).reduce((sum, count) => sum + count, 0);
  const { opened = 0, escalated = 0, repeated = 0, resolved = 0 } = changes;
  if (sent === 0) return "none";
  const told = `${opened} opened, ${escalated + repeated} sent again, ${resolved} resolved`;
  return `${told}; ${countText(sent, "message")} to ${countText(Object.keys(messages).length, "chat")}`;
}

/** The share with its counts, since the audits before and after need not see the same resources. */
function share({ compliant, judged }: Judged): string {
  return judged === 0 ? percent(null) : `${percent(compliant / judged)} (${compliant} of ${judged})`;
}

function changeColumns(heading: string): readonly Column<ComplianceChange>[] {
  return [
    [heading, ({ name }) => name],
    ["before", ({ before }) => share(before)],
    ["after", ({ after }) => share(after)],
  ];
}

/** By outcome, or by how resources ended where each is named: what was tagged and still lacks something is told apart. */
function outcomesText(outcomes: Partial<Record<string, number>>): string {
  const counts = Object.entries(outcomes).sort(([, one = 0], [, other = 0]) => other - one);
  return counts.map(([outcome, count = 0]) => `${numberText(count)} ${outcome}`).join(", ");
}

const PLANTED: readonly Column<Planted>[] = [
  ["planted", ({ what }) => what],
  ["as planned", plannedText],
  ["what happened", ({ outcomes }) => outcomesText(outcomes)],
];

function plannedText({ resources, otherwise }: Planted): string {
  return `${numberText(resources - otherwise)} of ${numberText(resources)}`;
}

/** Why a tag is left alone, in words; other codes are a provider's. */
const REASONS: ReadonlyMap<string, string> = new Map([
  ["report-mode", "its policy only reports"],
  ["no-default", "no default fits"],
  ["near-miss", "another spelling holds it back"],
  ["no-overwrite", "it has a value, which isn't to be replaced"],
]);

function reasonText({ code, message }: Pick<ResourceEnd, "code" | "message">): string {
  if (message !== undefined && (code === undefined || message.includes(code) || REASONS.has(code))) return message;
  const known = code === undefined ? undefined : (REASONS.get(code) ?? code);
  return [known, message].filter((part) => part !== undefined).join(": ");
}

function lackingText(end: ResourceEnd): string {
  const { outcome, lacks } = end;
  const tagText = ({ key, ...reason }: LackingTag): string => {
    const why = reasonText(reason);
    return why === "" ? key : `${key}: ${why}`;
  };
  if (lacks.length > 0 && outcome !== "failed") return lacks.map(tagText).join("; ");
  return outcome === "tagged" || outcome === "compliant" ? "" : reasonText(end);
}

const ENDS: readonly Column<ResourceEnd>[] = [
  ["resource", ({ type, id }) => (id.startsWith("arn:") ? id : `${type} ${id}`)],
  ["outcome", endText, "state"],
  ["tags written", writtenText],
  ["still lacks, and why", lackingText],
];

function endText({ outcome, lacks }: ResourceEnd): string {
  return outcome === "tagged" && lacks.length > 0 ? "tagged, still noncompliant" : outcome;
}

function writtenText({ written }: ResourceEnd): string {
  const tags = Object.entries(written).map(([key, value]) => shownTag(key, value));
  return tags.length === 0 ? "–" : tags.join(", ");
}

/** What became of each resource, and first of those that somebody may have to look at. */
async function writeEnds({ ends, details }: LocalResult, io: Io): Promise<void> {
  if (ends.length === 0) {
    await io.stdout.write("No event of the recording created anything that is tagged; `tagwarden events` says why.\n");
    return;
  }
  const placeOf = ({ outcome }: ResourceEnd): number => OUTCOMES.findIndex((one) => one === outcome);
  const sorted = ends.toSorted((one, other) => placeOf(one) - placeOf(other));
  await writeTable(io.stdout, ENDS, sorted.slice(0, MOST_NAMED));
  if (sorted.length > MOST_NAMED) {
    await io.stdout.write(`… and ${numberText(sorted.length - MOST_NAMED)} more, in ${details}\n`);
  }
}

/** The command to go on with, as it is typed here: after the made resources one's own events, then one's own account. */
function nextText({ expected, planted }: LocalResult, env: Io["env"]): string {
  if (!expected) return "what is not as expected stands above; the functions' logs lie beside the report";
  const start = env["npm_lifecycle_event"] === "start" ? "npm start --" : commandLine(env, "local");
  if (planted.length > 0) return `${start} --events YOUR-EVENTS.json`;
  return commandLine(env, "init");
}

function sumOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

function deadText({ deadLetters, explained }: LocalResult["messages"], isPlanted: boolean): string {
  const dead = sumOf(deadLetters);
  if (dead === 0) return "none";
  if (dead !== explained) return `${dead}, and ${explained} should be there`;
  return isPlanted ? `${dead}, all of them of what was planted to fail` : `${dead}, of the resources that failed`;
}

/**
 * Prints what a local run did: what was planted beside what happened, or each resource of somebody's own with its tags;
 * then compliance before and after, where the report is, and what to try next.
 */
export async function writeLocalTables(result: LocalResult, io: Io): Promise<void> {
  const { planted } = result;
  if (planted.length > 0) await writeTable(io.stdout, PLANTED, planted);
  else await writeEnds(result, io);
  for (const [heading, rows] of [
    ["provider", result.byProvider],
    ["policy", result.byPolicy],
  ] as const) {
    await io.stdout.write("\n");
    await writeTable(io.stdout, changeColumns(heading), rows);
    await writeNotes(rows, io);
  }
  const { before, after } = result.compliance;
  const { sent, duplicates, notCreations } = result.messages;
  const { repaired, calls, again, alerts, durationMs, plantedGaps } = result;
  const lines: (readonly [string, string])[] = [
    ["outcomes", endsText(result)],
    ["events", `${numberText(sent)} sent, ${duplicates} of them twice; ${notCreations} created nothing`],
    ["dead letters", deadText(result.messages, planted.length > 0)],
    ["calls", `${numberText(sumOf(calls))} of ${Object.keys(calls).length} kinds`],
    ["same again", `${countText(again.writes, "resource")} written to by a second delivery`],
    ["alerts", alertsText(alerts)],
    ["took", `${(durationMs / 1000).toFixed(1)} s, ${result.expected ? "everything as expected" : "NOT as expected"}`],
  ];
  if (repaired > 0) {
    const found = `${countText(repaired, "resource")} whose events never arrived, found by the audit`;
    lines.splice(4, 0, ["repaired", found]);
  }
  for (const gap of plantedGaps) lines.splice(5, 0, ["not audited", `${gap} (planted)`]);
  const width = Math.max(...lines.map(([name]) => name.length)) + 2;
  const wrap = (text: string): string =>
    wrapped(text, Math.min(TEXT_WIDTH, io.stdout.columns ?? TEXT_WIDTH) - width).join(`\n${" ".repeat(width)}`);
  // What is to be copied stands in one line.
  const last = [
    ["compliance", `${percent(before)} before, ${percent(after)} after`],
    ["report", plainText(result.page)],
    ["next", nextText(result, io.env)],
  ] as const;
  await io.stdout.write(`\n${lines.map(([name, text]) => `${name.padEnd(width)}${wrap(plainText(text))}\n`).join("")}`);
  await io.stdout.write(last.map(([name, text]) => `${name.padEnd(width)}${text}\n`).join(""));
}

function endsText({ resources, outcomes, planted, ends }: LocalResult): string {
  const told =
    planted.length > 0 ? outcomes : Object.fromEntries(countBy(ends.map((end) => endText(end).replace(", ", " and "))));
  const texts = [countText(resources, "resource"), outcomesText(told)];
  return texts.filter((text) => text !== "").join(": ");
}

/** What every terminal has, and what is read without a move of the head. */
const TEXT_WIDTH = 80;
