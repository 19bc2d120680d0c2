import { changeTags } from "../../../lib/app/change/change-tags.ts";
import { systemClock } from "../../../lib/app/ports/system-clock.ts";
import { memoryWriteCap } from "../../../lib/app/write/cap.ts";
import { tagProblem, textProblem } from "../../../lib/core/contract.ts";
import { InputError } from "../../../lib/core/errors.ts";
import { countText } from "../../../lib/core/report/figures.ts";
import { shownTag } from "../../../lib/core/shown.ts";
import type { TagChange } from "../../../lib/core/tag-change.ts";
import { ROWS_OPTION, type CommandContext } from "../../command.ts";
import { modeOf } from "../../input/enforce-mode.ts";
import { parseKeysToUnset, parseTagsToSet } from "../../input/tag-arguments.ts";
import { EXIT, type Io } from "../../io.ts";
import { writeSummary } from "../../output/change-summary.ts";
import {
  changedCounts,
  changedRows,
  changedTag,
  isRefused,
  writeChangedTags,
  type ChangedTag,
} from "../../output/changed-tags.ts";
import { nextCommand } from "../../output/next-command.ts";
import { chooseFormat } from "../../output/results.ts";
import { stderrLog } from "../../output/stderr-log.ts";
import { tellWait } from "../../output/tell-wait.ts";
import { openCloud, parseSeconds } from "../../work/cloud.ts";
import { runOf, startRunJournal, withRunTold, type Deed } from "../../work/journal.ts";
import { roundsIn } from "../../work/rounds.ts";
import { readBack } from "../../work/read-back.ts";
import { showReads } from "../../work/show-reads.ts";
import { clockUntil } from "../../work/stop.ts";
import { idsOf, targetOf, type Target, type TargetOptions } from "../../work/tag-target.ts";
import { secondsOf } from "../../work/write-time.ts";

export interface WriteOptions extends TargetOptions {
  readonly config: string;
  readonly id: readonly string[];
  readonly tag: readonly string[];
  readonly apply?: boolean;
  readonly table?: string;
  readonly journal: string;
  readonly maxSeconds: string;
  readonly rows?: boolean;
  readonly format?: string;
}

type Context = Pick<CommandContext, "io" | "argv">;

interface Wish {
  readonly deed: Deed;
  /** By key: the value that it is to have; undefined = it is to be taken off. */
  readonly wanted: ReadonlyMap<string, string | undefined>;
  /** Throws InputError where the provider would refuse it for any resource. */
  readonly check: (target: Target) => void;
}

/** Without `--apply` it reads, and says what would be written. */
async function write({ deed, wanted, check }: Wish, options: WriteOptions, { io, argv }: Context): Promise<number> {
  const format = chooseFormat(options.format, io.stdout, "json");
  const mode = modeOf(io.env);
  const maxSeconds = parseSeconds(options.maxSeconds, "--max-seconds");
  const cloud = await openCloud(options.config, maxSeconds, io);
  const target = targetOf(options, cloud);
  check(target);
  const { type, region, project, provider } = target;
  const changes = idsOf(options.id).flatMap((id) => {
    const ref = { type, account: provider.account, region, project, id };
    return Array.from(wanted, ([key, to]): TagChange => ({ ref, key, to }));
  });
  const apply = options.apply === true;
  const bar = showReads(cloud, options.id.length, io);
  const startedAt = systemClock.now();
  const journal = apply ? await startRunJournal(options.journal, systemClock.now(), io) : undefined;
  // A signal starts nothing new; what is under way ends and gets into the journal, and a second signal ends us at once.
  const { endings, plannedCalls } = await changeTags(
    changes,
    {
      route: cloud.route,
      clock: clockUntil(io.signal),
      random: Math.random,
      log: stderrLog(io),
      limiter: cloud.limiter,
      writeCap: memoryWriteCap(),
      mode,
      ...roundsIn(options.table, io),
      reserveMs: 0,
    },
    {
      apply,
      deadline: cloud.deadline,
      onWait: tellWait("tag", maxSeconds, io),
      ...(journal !== undefined && { journal: journal.record }),
    },
  );
  const lost = journal === undefined ? undefined : await readBack(journal, cloud, io);
  const tags = endings.flatMap((ending, index) => {
    const change = changes[index];
    return change === undefined ? [] : [changedTag(change, ending, lost)];
  });
  await bar.end();
  const unusable = cloud.record.unusable();
  for (const sentence of unusable) await io.stderr.write(`tagwarden: ${sentence}\n`);
  const writeResults = async (): Promise<void> => {
    if (format !== "table") {
      await tellUnwritten(tags, { apply, plannedCalls: plannedCalls.length }, io);
      const run = journal === undefined ? undefined : runOf(journal);
      await writeChangedTags({ run, applied: apply, tags, calls: cloud.record.calls() }, io);
      return;
    }
    const summary = {
      applied: apply,
      rows: changedRows(tags, { type, account: provider.account, region }, apply),
      outcomes: { of: "tag", counts: changedCounts(tags, apply) },
      calls: apply ? cloud.watch.writes() : plannedCalls.length,
      seconds: apply ? (systemClock.now() - startedAt) / 1_000 : secondsOf(plannedCalls, cloud),
      withRows: options.rows === true,
    } as const;
    const next = {
      what: "To do it:",
      command: nextCommand(argv, { without: [ROWS_OPTION[0]], more: ["--apply"], env: io.env }),
    };
    await writeSummary(summary, apply || plannedCalls.length === 0 ? undefined : next, io);
  };
  if (journal === undefined) await writeResults();
  else await withRunTold({ journal, deed, config: options.config, format }, io, writeResults);
  if (io.signal.aborted) throw new Error("interrupted");
  if (unusable.length > 0) return EXIT.provider;
  return tags.some(isRefused) ? EXIT.findings : EXIT.done;
}

const are = (count: number): string => (count === 1 ? "is" : "are");

/** Says what is not written, and why. A brake holds the whole account. */
async function tellUnwritten(
  tags: readonly ChangedTag[],
  { apply, plannedCalls }: { readonly apply: boolean; readonly plannedCalls: number },
  io: Io,
): Promise<void> {
  const held = Map.groupBy(
    tags.filter(({ outcome }) => outcome === "report-only"),
    ({ message = "" }) => message,
  );
  for (const [reason, some] of held) {
    const what =
      some.length === tags.length ? "nothing is" : `${countText(some.length, "tag")} ${are(some.length)} not`;
    await io.stderr.write(`${what} written: ${reason}\n`);
  }
  if (held.size > 0) return;
  if (!apply && plannedCalls === 0) await io.stderr.write("nothing is written, nor would it be with --apply\n");
  else if (!apply) {
    await io.stderr.write(`nothing is written; --apply does it, in about ${countText(plannedCalls, "call")}\n`);
  }
}

/** `tagwarden tags set`. */
export function setTags(options: WriteOptions, context: Context): Promise<number> {
  const wanted = parseTagsToSet(options.tag);
  const check = ({ type, contract }: Target): void => {
    for (const [key, value] of wanted) {
      const problem = tagProblem(key, value, contract);
      if (problem !== undefined) throw new InputError(`--tag ${shownTag(key, value)}: ${problem}`);
    }
    if (wanted.size > contract.tagsPerResource) {
      throw new InputError(
        `--tag: ${wanted.size} tags, but a resource of ${type} carries at most ${contract.tagsPerResource}`,
      );
    }
  };
  return write({ deed: "wrote", wanted, check }, options, context);
}

/** `tagwarden tags unset`. */
export function unsetTags(options: WriteOptions, context: Context): Promise<number> {
  const keys = parseKeysToUnset(options.tag);
  const check = ({ contract }: Target): void => {
    for (const key of keys) {
      const problem = textProblem(key, contract.key);
      if (problem !== undefined) throw new InputError(`--tag ${key}: ${problem}`);
    }
  };
  const wanted = new Map(keys.map((key) => [key, undefined]));
  return write({ deed: "took off", wanted, check }, options, context);
}
