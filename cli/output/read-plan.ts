import type { PlannedRead, ReadPlan } from "../../lib/app/folder-audit/plan-reads.ts";
import { countText } from "../../lib/core/report/figures.ts";
import type { Io } from "../io.ts";
import { writeJson, writeTable, type Column, type Format } from "./results.ts";

const COLUMNS: readonly Column<PlannedRead>[] = [
  ["shard", ({ shard }) => shard],
  ["API", ({ action }) => action],
  ["calls/s", ({ callsPerSecond }) => String(Number(callsPerSecond.toFixed(2))), "number"],
  ["calls", ({ calls }) => (calls === null ? "?" : String(calls)), "number"],
  ["minutes", ({ minutes }) => minutesText(minutes), "number"],
];

function minutesText(minutes: number | null): string {
  if (minutes === null) return "?";
  return minutes > 0 && minutes < 0.05 ? "<0.1" : minutes.toFixed(1);
}

/** Prints what an audit would read. */
export async function writeReadPlan(plan: ReadPlan, out: string, format: Format, io: Io): Promise<void> {
  if (format !== "table") return writeJson(io.stdout, plan);
  await writeTable(io.stdout, COLUMNS, plan.reads);
  const known =
    plan.run === undefined
      ? `no finished audit in ${out} says how many calls it takes`
      : `${countText(plan.calls ?? 0, "call")}, ${minutesText(plan.minutes)} minutes for the longest shard, by the figures of ${plan.run}`;
  await io.stderr.write(`${known}\n`);
}
