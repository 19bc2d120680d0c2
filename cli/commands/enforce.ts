import type { PlannedCall } from "../../lib/app/change/change-tags.ts";
import { previewEnforce, type Preview } from "../../lib/app/enforce/preview.ts";
import { enforceUntilFinal } from "../../lib/app/enforce/until-final.ts";
import { systemClock } from "../../lib/app/ports/system-clock.ts";
import { memoryWriteCap } from "../../lib/app/write/cap.ts";
import { createOffenders } from "../../lib/app/write/offenders.ts";
import type { Config } from "../../lib/core/config/config.ts";
import { projectRegions } from "../../lib/core/config/project-regions.ts";
import { typesNamed } from "../../lib/core/config/types-named.ts";
import { InputError } from "../../lib/core/errors.ts";
import { countOutcomes, type Outcome, type ResourceOutcome } from "../../lib/core/outcome.ts";
import { openPolicies } from "../../lib/core/policy/open.ts";
import type { PreparedPolicies } from "../../lib/core/policy/prepare.ts";
import type { Resource } from "../../lib/core/resource.ts";
import { unreadable } from "../../lib/core/unreadable.ts";
import { findContract } from "../../lib/core/contract.ts";
import { allContracts } from "../../lib/providers/index.ts";
import { memoryTagRounds } from "../../lib/sinks/dynamo/memory-tag-rounds.ts";
import {
  CONFIG_OPTION,
  FORMAT_OPTION,
  formatHelp,
  POLICY_OPTION,
  ROWS_OPTION,
  type AddCommand,
  type CommandContext,
} from "../command.ts";
import { readEvents, type Recorded } from "../input/created.ts";
import { modeOf } from "../input/enforce-mode.ts";
import { inputName } from "../input/file.ts";
import { loadPolicy } from "../input/policy.ts";
import { readAllResources } from "../input/resources.ts";
import { EXIT, type Io } from "../io.ts";
import { writeSummary, type Next, type Summary } from "../output/change-summary.ts";
import { enforcedCounts, enforcedRows, plannedRows } from "../output/enforced-tags.ts";
import { outcomeAfter } from "../output/lost-answers.ts";
import { nextCommand } from "../output/next-command.ts";
import { writeOutcomes } from "../output/outcomes.ts";
import { tellUnknown, writePlannedTags, type Unresolved } from "../output/planned-tags.ts";
import { chooseFormat, type Format } from "../output/results.ts";
import { stderrLog } from "../output/stderr-log.ts";
import { tellWait } from "../output/tell-wait.ts";
import { needsOneOf } from "../required-options.ts";
import { openCloud, parseSeconds, type Cloud } from "../work/cloud.ts";
import { JOURNAL_OPTION, runOf, startRunJournal, withRunTold } from "../work/journal.ts";
import { planTags } from "../work/planned-tags.ts";
import { readBack } from "../work/read-back.ts";
import { showReads } from "../work/show-reads.ts";
import { clockUntil, untilStopped } from "../work/stop.ts";
import { capNotes, secondsOf } from "../work/write-time.ts";

interface Options {
  readonly policy: string;
  readonly resources?: string;
  readonly events?: string;
  readonly config?: string;
  readonly apply?: boolean;
  readonly journal: string;
  readonly maxSeconds: string;
  readonly experimentalEvents?: boolean;
  readonly rows?: boolean;
  readonly format?: string;
}

type Input = Recorded;

async function readInput(options: Options, config: Config | undefined, io: Io): Promise<Input> {
  if (options.resources !== undefined && options.events === undefined) {
    return { ...(await readAllResources(options.resources, io)), changes: [], incomplete: false };
  }
  if (options.events !== undefined && options.resources === undefined) {
    const known =
      config === undefined
        ? { regionOfProject: () => "unknown" }
        : { regionOfProject: projectRegions(config), namesType: typesNamed(config) };
    const read = { experimentalEvents: options.experimentalEvents === true, ...known };
    const input = await readEvents(options.events, read, io);
    if (!input.incomplete || options.apply !== true) return input;
    throw new InputError(
      `${inputName(options.events)}: is not whole, so nothing is written; to enforce what could be read, give it as --resources: tagwarden events FILE prints it`,
    );
  }
  throw new InputError("enforce needs either --resources or --events; give one of them");
}

/**
 * Without a configuration nothing can be read, so what the input says of tags has to do; but not where nothing could be
 * read with one either, and nothing would be written.
 */
function asInputSays(resources: readonly Resource[]): readonly Resource[] {
  return resources.map((resource) => {
    const contract = findContract(allContracts, resource.type);
    if (contract !== undefined && unreadable(resource, contract) !== undefined) return { ...resource, tags: undefined };
    return resource.tags === undefined && resource.event?.requestTags !== undefined
      ? { ...resource, tags: resource.event.requestTags }
      : resource;
  });
}

async function previewOffline(
  { resources, changes, incomplete }: Input,
  { options, policies, format }: Asked,
  { io, argv }: Context,
): Promise<number> {
  await io.stderr.write(
    "nothing is written, and without --config nothing is read: tags are those of the input (of events, the requested ones)\n",
  );
  if (changes.length > 0) {
    await io.stderr.write("what is left of changed tags only a read can tell: give --config to have them judged\n");
  }
  const planned = planTags(asInputSays(resources), policies, Date.now());
  const code = incomplete ? EXIT.usage : EXIT.done;
  if (format !== "table") {
    await writePlannedTags({ ...planned, incomplete }, format, io);
    return code;
  }
  await tellUnknown(planned, io);
  const rows = plannedRows(planned);
  const calls = planned.batches.map((batch): PlannedCall => ({ ...batch, action: "tag" }));
  const next: Next = {
    what: "To ask the clouds what is there now, name the accounts:",
    command: nextCommand(argv, { without: [ROWS_OPTION[0]], more: ["--config", "config.yaml"], env: io.env }),
  };
  const summary = { applied: false, rows, outcomes: NO_OUTCOMES, ...costOf(calls) };
  await writeSummary({ ...summary, withRows: options.rows === true }, resources.length > 0 ? next : undefined, io);
  return code;
}

const costOf = (calls: readonly PlannedCall[], cloud?: Cloud) => ({
  calls: calls.length,
  seconds: secondsOf(calls, cloud),
});

const NO_OUTCOMES: Summary["outcomes"] = { of: "resource", counts: new Map() };

async function tellUnusable(cloud: Cloud, io: Io): Promise<boolean> {
  const sentences = cloud.record.unusable();
  for (const sentence of sentences) await io.stderr.write(`tagwarden: ${sentence}\n`);
  return sentences.length > 0;
}

/** What a run of the command was asked for. */
interface Asked {
  readonly options: Options;
  readonly policies: PreparedPolicies;
  readonly format: Format;
}

type Context = Pick<CommandContext, "io" | "argv">;

async function enforce(options: Options, context: Context): Promise<number> {
  const { io } = context;
  const format = chooseFormat(options.format, io.stdout, "json");
  const maxSeconds = parseSeconds(options.maxSeconds, "--max-seconds");
  const mode = modeOf(io.env);
  if (options.apply === true && options.config === undefined) {
    throw new InputError("--apply needs --config, the accounts to write to; leave out --apply to see what it would do");
  }
  const cloud = options.config === undefined ? undefined : await openCloud(options.config, maxSeconds, io);
  const policies = await openPolicies(await loadPolicy(options.policy, cloud?.config, io));
  const input = await readInput(options, cloud?.config, io);
  const asked = { options, policies, format };
  if (cloud === undefined) return previewOffline(input, asked, context);
  const { resources, changes, incomplete } = input;

  const { accounts, settleSeconds } = cloud.config;
  const deps = {
    policies,
    registry: cloud.registry,
    accounts,
    mode,
    settleSeconds,
    limiter: cloud.limiter,
    clock: systemClock,
    random: Math.random,
    log: stderrLog(io),
  };
  const bar = showReads(cloud, resources.length, io);
  if (options.apply !== true) {
    const preview = await untilStopped(previewEnforce(resources, deps, cloud.deadline, changes), io);
    await bar.end();
    const unusable = await tellUnusable(cloud, io);
    await writePreview(preview, { input, asked, cloud }, context);
    if (unusable) return EXIT.provider;
    return incomplete ? EXIT.usage : EXIT.done;
  }
  const startedAt = systemClock.now();
  const journal = await startRunJournal(options.journal, startedAt, io);
  // A signal starts nothing new; what is under way ends and gets into the journal, and a second signal ends us at once.
  const enforced = await enforceUntilFinal(
    resources,
    {
      ...deps,
      rounds: memoryTagRounds(),
      clock: clockUntil(io.signal),
      writeCap: memoryWriteCap(),
      offenders: createOffenders(systemClock),
      journal: journal.record,
    },
    { maxSeconds, changes, stopped: () => io.signal.aborted, onWait: tellWait("resource", maxSeconds, io) },
  );
  const lost = await readBack(journal, cloud, io);
  const outcomes = enforced.map((one) => outcomeAfter(lost, one));
  await bar.end();
  const unusable = await tellUnusable(cloud, io);
  await withRunTold({ journal, deed: "wrote", config: options.config ?? "", format }, io, async () => {
    if (format !== "table") {
      await writeOutcomes(outcomes, { run: runOf(journal), calls: cloud.record.calls() }, io);
      return;
    }
    const summary = {
      applied: true,
      rows: enforcedRows(outcomes, true),
      outcomes: { of: "resource", counts: enforcedCounts(outcomes, true) },
      calls: cloud.watch.writes(),
      seconds: (systemClock.now() - startedAt) / 1_000,
      withRows: options.rows === true,
    } as const;
    await writeSummary(summary, undefined, io);
  });
  if (io.signal.aborted) throw new Error("interrupted");
  if (unusable) return EXIT.provider;
  return outcomes.some(({ outcome }) => outcome === "rejected" || outcome === "failed") ? EXIT.findings : EXIT.done;
}

/** Says what would be done, from what the clouds say now. */
async function writePreview(
  { plan, resources }: Preview,
  { input, asked, cloud }: { readonly input: Input; readonly asked: Asked; readonly cloud: Cloud },
  { io, argv }: Context,
): Promise<void> {
  const { incomplete } = input;
  const { format, options } = asked;
  if (format !== "table") {
    await io.stderr.write("nothing is written; --apply does it\n");
    const outcomes = countOutcomes(resources);
    const unresolved = unresolvedOf(resources);
    await writePlannedTags({ ...plan, unresolved, unknown: 0, outcomes, incomplete }, format, io);
    return;
  }
  const next: Next = {
    what: "To do it:",
    command: nextCommand(argv, { without: [ROWS_OPTION[0]], more: ["--apply"], env: io.env }),
  };
  const calls = plan.batches.map((batch): PlannedCall => ({ ...batch, action: "tag" }));
  const summary = {
    applied: false,
    rows: enforcedRows(resources, false),
    outcomes: { of: "resource", counts: enforcedCounts(resources, false) },
    ...costOf(calls, cloud),
    notes: capNotes(plan.batches, cloud.config),
    withRows: options.rows === true,
  } as const;
  await writeSummary(summary, calls.length > 0 && !incomplete ? next : undefined, io);
}

const NOTHING_TO_DO: ReadonlySet<Outcome> = new Set(["tagged", "compliant", "exempt", "not-applicable"]);

/** The tags that a preview leaves out, and why. */
function unresolvedOf(outcomes: readonly ResourceOutcome[]): readonly Unresolved[] {
  return outcomes.flatMap(({ outcome, tags, code, message, ...ref }) => {
    const left = tags.filter((tag) => tag.outcome !== "tagged");
    if (left.length > 0) return left.map((tag) => ({ ...ref, key: tag.key, code: tag.code ?? tag.outcome }));
    if (NOTHING_TO_DO.has(outcome)) return [];
    return [{ ...ref, key: "*", code: code ?? outcome, message: message ?? "" }];
  });
}

/** `tagwarden enforce`: adds what is missing, or says what it would add. */
export const addEnforce: AddCommand = (program, { io, exit, argv }) => {
  const command = program
    .command("enforce")
    .description(
      "Read current tags and add what the policies require. Without --apply it only prints what it would do.",
    )
    .requiredOption(...POLICY_OPTION)
    .option("--resources <file>", "resource NDJSON or an audit's findings, plain or gzip; - for stdin")
    .option("--events <file>", "recorded events instead of resources; - for stdin")
    .option(CONFIG_OPTION[0], `${CONFIG_OPTION[1]}; --apply needs it`)
    .option("--apply", "write the tags")
    .option(...JOURNAL_OPTION)
    .option("--max-seconds <n>", "retry for this long, then say failed", "300")
    .option("--experimental-events", "also read events whose form is inferred, not documented")
    .option(...ROWS_OPTION)
    .option(FORMAT_OPTION, formatHelp("json"))
    .action(async (options: Options) => exit(await enforce(options, { io, argv })));
  needsOneOf(command, "--resources <file>", "--events <file>");
};
