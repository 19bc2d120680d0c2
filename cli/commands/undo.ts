import { undo } from "../../lib/app/change/undo.ts";
import { systemClock } from "../../lib/app/ports/system-clock.ts";
import { memoryWriteCap } from "../../lib/app/write/cap.ts";
import { resourceKey } from "../../lib/core/resource.ts";
import { countText } from "../../lib/core/report/figures.ts";
import { countUndone } from "../../lib/core/undo-outcome.ts";
import {
  CONFIG_OPTION,
  FORMAT_OPTION,
  formatHelp,
  ROWS_OPTION,
  type AddCommand,
  type CommandContext,
} from "../command.ts";
import { modeOf } from "../input/enforce-mode.ts";
import { EXIT } from "../io.ts";
import { writeSummary } from "../output/change-summary.ts";
import { nextCommand } from "../output/next-command.ts";
import { chooseFormat, writeJson } from "../output/results.ts";
import { stderrLog } from "../output/stderr-log.ts";
import { tellWait } from "../output/tell-wait.ts";
import { undoneCounts, undoneRows } from "../output/undone-tags.ts";
import { openCloud, parseSeconds } from "../work/cloud.ts";
import { JOURNAL_OPTION, readRun } from "../work/journal.ts";
import { showReads } from "../work/show-reads.ts";
import { ROUNDS_OPTION, roundsIn } from "../work/rounds.ts";
import { clockUntil } from "../work/stop.ts";
import { secondsOf } from "../work/write-time.ts";

interface Options {
  readonly run: string;
  readonly journal: string;
  readonly config: string;
  readonly apply?: boolean;
  readonly table?: string;
  readonly maxSeconds: string;
  readonly rows?: boolean;
  readonly format?: string;
}

async function undoRun(options: Options, { io, argv }: Pick<CommandContext, "io" | "argv">): Promise<number> {
  const format = chooseFormat(options.format, io.stdout, "json");
  const maxSeconds = parseSeconds(options.maxSeconds, "--max-seconds");
  const entries = await readRun(options.run, options.journal, io);
  const cloud = await openCloud(options.config, maxSeconds, io);
  const deps = {
    route: cloud.route,
    clock: clockUntil(io.signal),
    random: Math.random,
    log: stderrLog(io),
    limiter: cloud.limiter,
    writeCap: memoryWriteCap(),
    mode: modeOf(io.env),
    ...roundsIn(options.table, io),
  };
  const apply = options.apply === true;
  const onWait = tellWait("tag", maxSeconds, io);
  const bar = showReads(cloud, new Set(entries.map(resourceKey)).size, io);
  const startedAt = systemClock.now();
  const { tags, plannedCalls } = await undo(entries, deps, { apply, deadline: cloud.deadline, onWait });
  await bar.end();
  const unusable = cloud.record.unusable();
  for (const sentence of unusable) await io.stderr.write(`tagwarden: ${sentence}\n`);
  for (const provider of cloud.record.refused()) {
    await io.stderr.write(
      `tagwarden: ${provider} refuses what undo needs; permissions to take tags off stand apart: \`tagwarden permissions --provider ${provider} --undo\` prints them\n`,
    );
  }
  if (format === "table") {
    const next = {
      what: "To do it:",
      command: nextCommand(argv, { without: [ROWS_OPTION[0]], more: ["--apply"], env: io.env }),
    };
    const summary = {
      applied: apply,
      rows: undoneRows(tags, apply),
      outcomes: { of: "tag", counts: undoneCounts(tags, apply) },
      calls: apply ? cloud.watch.writes() : plannedCalls.length,
      seconds: apply ? (systemClock.now() - startedAt) / 1_000 : secondsOf(plannedCalls, cloud),
      withRows: options.rows === true,
    } as const;
    await writeSummary(summary, apply || plannedCalls.length === 0 ? undefined : next, io);
  } else {
    if (!apply) {
      const calls = countText(plannedCalls.length, "call");
      await io.stderr.write(`nothing is written; --apply does it, in about ${calls}\n`);
    }
    const outcomes = countUndone(tags);
    await writeJson(io.stdout, { run: options.run, applied: apply, outcomes, calls: cloud.record.calls(), tags });
  }
  if (io.signal.aborted) throw new Error("interrupted");
  if (unusable.length > 0) return EXIT.provider;
  return apply && tags.some(({ outcome }) => outcome === "rejected" || outcome === "failed")
    ? EXIT.findings
    : EXIT.done;
}

/** `tagwarden undo`: takes back what a run did to tags, where they are still as the run left them. */
export const addUndo: AddCommand = (program, { io, exit, argv }) => {
  program
    .command("undo")
    .description(
      "Take back what a run did to tags, where they are still as it left them. Without --apply it only prints what it would do.",
    )
    .requiredOption("--run <id>", "the run, as the command that wrote or the function's log names it")
    .requiredOption(...CONFIG_OPTION)
    .option(...JOURNAL_OPTION)
    .option("--apply", "take off what the run added, and put back what it replaced or took off")
    .option(...ROUNDS_OPTION)
    .option("--max-seconds <n>", "retry for this long, then say failed", "300")
    .option(...ROWS_OPTION)
    .option(FORMAT_OPTION, formatHelp("json"))
    .action(async (options: Options) => exit(await undoRun(options, { io, argv })));
};
