import { countText } from "../lib/core/report/figures.ts";
import { projectRegions } from "../lib/app/project-regions.ts";
import type { Config } from "../lib/core/config.ts";
import { enforceUntilFinal } from "../lib/app/enforce-until-final.ts";
import { createOffenders } from "../lib/app/offenders.ts";
import { previewEnforce } from "../lib/app/preview-enforce.ts";
import { memoryWriteCap } from "../lib/app/write-cap.ts";
import { errorText } from "../lib/core/error-text.ts";
import { InputError } from "../lib/core/errors.ts";
import { countOutcomes, type ResourceOutcome } from "../lib/core/outcome.ts";
import { openPolicies } from "../lib/core/policy/open.ts";
import type { PreparedPolicies } from "../lib/core/policy/prepare.ts";
import type { Resource } from "../lib/core/resource.ts";
import { openCloud, parseSeconds, type Cloud } from "./cloud.ts";
import { CONFIG_OPTION, FORMAT_OPTION, formatHelp, POLICY_OPTION, type AddCommand } from "./command.ts";
import { modeOf } from "./enforce-mode.ts";
import { EXIT, type Io } from "./io.ts";
import { JOURNAL_OPTION, startRunJournal, type RunJournal } from "./journal.ts";
import { loadPolicy } from "./load-policy.ts";
import { planTags, type Unresolved } from "./planned-tags.ts";
import { readAllResources } from "./read-resources.ts";
import { needsOneOf } from "./required-options.ts";
import { readCreated } from "./read-created.ts";
import { chooseFormat, type Format } from "./results.ts";
import { stderrLog } from "./stderr-log.ts";
import { systemClock } from "../lib/app/system-clock.ts";
import { clockUntil } from "./clock-until.ts";
import { untilStopped } from "./until-stopped.ts";
import { writeOutcomes } from "./write-outcomes.ts";
import { writePlannedTags } from "./write-planned-tags.ts";

interface Options {
  readonly policy: string;
  readonly resources?: string;
  readonly events?: string;
  readonly config?: string;
  readonly apply?: boolean;
  readonly journal: string;
  readonly maxSeconds: string;
  readonly experimentalEvents?: boolean;
  readonly format?: string;
}

async function readInput(options: Options, config: Config | undefined, io: Io): Promise<readonly Resource[]> {
  if (options.resources !== undefined && options.events === undefined) {
    return (await readAllResources(options.resources, io)).resources;
  }
  if (options.events !== undefined && options.resources === undefined) {
    const regionOfProject = config === undefined ? () => "unknown" : projectRegions(config);
    return readCreated(
      options.events,
      { experimentalEvents: options.experimentalEvents === true, regionOfProject },
      io,
    );
  }
  throw new InputError("enforce needs either --resources or --events; give one of them");
}

/** Without a configuration nothing can be read, so what the input says of tags has to do. */
function asInputSays(resources: readonly Resource[]): readonly Resource[] {
  return resources.map((resource) =>
    resource.tags === undefined && resource.event?.requestTags !== undefined
      ? { ...resource, tags: resource.event.requestTags }
      : resource,
  );
}

async function previewOffline(
  resources: readonly Resource[],
  policies: PreparedPolicies,
  format: Format,
  io: Io,
): Promise<number> {
  await io.stderr.write(
    "nothing is written, and without --config nothing is read: tags are those of the input (of events, the requested ones)\n",
  );
  await writePlannedTags(planTags(asInputSays(resources), policies, Date.now()), format, io);
  return EXIT.done;
}

async function tellUnusable(cloud: Cloud, io: Io): Promise<boolean> {
  const sentences = cloud.record.unusable();
  for (const sentence of sentences) await io.stderr.write(`tagwarden: ${sentence}\n`);
  return sentences.length > 0;
}

async function enforce(options: Options, io: Io): Promise<number> {
  const format = chooseFormat(options.format, io.stdout, "json");
  const maxSeconds = parseSeconds(options.maxSeconds, "--max-seconds");
  const mode = modeOf(io.env);
  if (options.apply === true && options.config === undefined) {
    throw new InputError("--apply needs --config, the accounts to write to; leave out --apply to see what it would do");
  }
  const cloud = options.config === undefined ? undefined : await openCloud(options.config, maxSeconds, io);
  const policies = await openPolicies(await loadPolicy(options.policy, cloud?.config, io));
  const resources = await readInput(options, cloud?.config, io);
  if (cloud === undefined) return previewOffline(resources, policies, format, io);

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
  if (options.apply !== true) {
    const preview = await untilStopped(previewEnforce(resources, deps, cloud.deadline), io);
    const unusable = await tellUnusable(cloud, io);
    await io.stderr.write("nothing is written; --apply does it\n");
    const outcomes = countOutcomes(preview.resources);
    const unresolved = unresolvedOf(preview.resources);
    await writePlannedTags({ ...preview.plan, unresolved, unknown: 0, outcomes }, format, io);
    return unusable ? EXIT.provider : EXIT.done;
  }
  const journal = await startRunJournal(options.journal, systemClock.now(), io);
  // A signal starts nothing new; what is under way ends and gets into the journal, and a second signal ends us at once.
  const outcomes = await enforceUntilFinal(
    resources,
    {
      ...deps,
      clock: clockUntil(io.signal),
      writeCap: memoryWriteCap(),
      offenders: createOffenders(systemClock),
      journal: journal.record,
    },
    { maxSeconds, stopped: () => io.signal.aborted },
  );
  await tellUndo(journal, options, io);
  const unusable = await tellUnusable(cloud, io);
  await writeOutcomes(outcomes, cloud.record.calls(), format, io);
  if (io.signal.aborted) throw new Error("interrupted");
  if (unusable) return EXIT.provider;
  return outcomes.some(({ outcome }) => outcome === "rejected" || outcome === "failed") ? EXIT.findings : EXIT.done;
}

async function tellUndo({ run, written: count }: RunJournal, { config = "", journal }: Options, io: Io): Promise<void> {
  const written = count();
  if (written === 0) return;
  await io.stderr.write(
    `run ${run} wrote ${countText(written, "tag")}; to take ${written === 1 ? "it" : "them"} back: tagwarden undo --run ${run} --journal ${journal} --config ${config}\n`,
  );
}

/** The tags that a preview leaves out, and why. */
function unresolvedOf(outcomes: readonly ResourceOutcome[]): readonly Unresolved[] {
  return outcomes.flatMap(({ id, outcome, tags, code, message }) => {
    const left = tags.filter((tag) => tag.outcome !== "tagged");
    if (left.length > 0) return left.map((tag) => ({ id, key: tag.key, reason: tag.code ?? tag.outcome }));
    return outcome === "failed" || outcome === "gone" || outcome === "redelivered"
      ? [{ id, key: "*", reason: errorText(code ?? outcome, message ?? "") }]
      : [];
  });
}

/** `tagwarden enforce`: adds what is missing, or says what it would add. */
export const addEnforce: AddCommand = (program, { io, exit }) => {
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
    .option(FORMAT_OPTION, formatHelp("json"))
    .action(async (options: Options) => exit(await enforce(options, io)));
  needsOneOf(command, "--resources <file>", "--events <file>");
};
