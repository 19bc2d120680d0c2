import { countText, percentText as percent } from "../../lib/core/report/figures.ts";
import type { ComplianceChange, Judged, LocalResult } from "../../local/run/result.ts";
import type { Io } from "../io.ts";
import { writeTable, type Column } from "./results.ts";

/** Who would have been told what: the chats of a local run are on this machine. */
function alertsText({ messages, changes }: LocalResult["alerts"]): string {
  const channels = Object.entries(messages).map(([channel, count]) => `${count} to ${channel}`);
  const { opened = 0, escalated = 0, repeated = 0, resolved = 0 } = changes;
  const told = `${opened} opened, ${escalated + repeated} sent again, ${resolved} resolved`;
  return channels.length === 0 ? "none" : `${told}, in messages ${channels.join(", ")}`;
}

type Count = readonly [name: string, count: number];

function countColumns(heading: string, counted: string): readonly Column<Count>[] {
  return [
    [heading, ([name]) => name],
    [counted, ([, count]) => String(count)],
  ];
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

/** Prints what a local run did: outcomes that sum, calls, compliance before and after, and what a second delivery did. */
export async function writeLocalTables(result: LocalResult, io: Io): Promise<void> {
  const outcomes = Object.entries(result.outcomes);
  const sum = outcomes.reduce((total, [, count]) => total + count, 0);
  await writeTable(io.stdout, countColumns("outcome", "resources"), [...outcomes, ["all", sum]]);
  await io.stdout.write("\n");
  await writeTable(io.stdout, countColumns("API", "calls"), Object.entries(result.calls));
  for (const [heading, rows] of [
    ["provider", result.byProvider],
    ["policy", result.byPolicy],
  ] as const) {
    await io.stdout.write("\n");
    await writeTable(io.stdout, changeColumns(heading), rows);
  }
  const { before, after } = result.compliance;
  const { sent, duplicates, notCreations, deadLetters } = result.messages;
  const dead = Object.values(deadLetters).reduce((total, count) => total + count, 0);
  await io.stdout.write(`
compliance   ${percent(before)} before, ${percent(after)} after
repaired     ${countText(result.repaired, "resource")} whose events never arrived, by the audit after
messages     ${sent} sent, ${duplicates} of them twice, ${notCreations} created nothing, ${dead} dead letters
same again   ${countText(result.again.writes, "resource")} written to
alerts       ${alertsText(result.alerts)}
took         ${(result.durationMs / 1000).toFixed(1)} s
${result.expected ? "everything as expected" : "NOT as expected: see above"}
report       ${result.page}
`);
}
