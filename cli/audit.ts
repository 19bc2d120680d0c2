import { mkdir } from "node:fs/promises";
import { setFlagsFromString } from "node:v8";
import { planReads } from "../lib/app/plan-reads.ts";
import { runAudit } from "../lib/app/run-audit.ts";
import type { ObjectStore } from "../lib/app/ports/objects.ts";
import type { RunStore } from "../lib/app/ports/runs.ts";
import { InputError } from "../lib/core/errors.ts";
import { openPolicies } from "../lib/core/policy/open.ts";
import { fileObjects } from "../lib/sinks/file-objects.ts";
import { objectRunStore } from "../lib/sinks/object-run-store.ts";
import { openAlerter } from "./send-alerts.ts";
import { writeReadPlan } from "./audit-plan.ts";
import { openCloud } from "./cloud.ts";
import { CONFIG_OPTION, FORMAT_OPTION, formatHelp, POLICY_OPTION, type AddCommand } from "./command.ts";
import { parseAt } from "./evaluation-date.ts";
import { fileError } from "./input-file.ts";
import { EXIT, type Io } from "./io.ts";
import { loadPolicy } from "./load-policy.ts";
import { progress } from "./progress.ts";
import { chooseFormat, writeJson } from "./results.ts";
import { stderrLog } from "./stderr-log.ts";
import { systemClock } from "../lib/app/system-clock.ts";
import { untilStopped } from "./until-stopped.ts";
import { writeAuditTables } from "./write-audit-tables.ts";

interface Options {
  readonly policy: string;
  readonly config: string;
  readonly out: string;
  readonly at?: string;
  readonly resume?: boolean;
  readonly plan?: boolean;
  readonly alert?: boolean;
  readonly format?: string;
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") {
      throw new InputError(`${path}: is a file; name a folder`, { cause: error });
    }
    throw fileError(path, error);
  }
}

/** The run in this folder that was cut short. Its name is the time of its start, so the last name is the latest. */
async function runToResume(out: string, objects: ObjectStore, runs: RunStore): Promise<string> {
  const run = await latestRun(objects);
  const record = run === undefined ? undefined : await runs.read(run);
  if (run === undefined || record === undefined)
    throw new InputError(`${out}: holds no run to resume; leave out --resume`);
  if (record.published)
    throw new InputError(`${out}: its run ${run} is finished; leave out --resume to start a new one`);
  return run;
}

/** The last run in this folder; undefined where there is none. */
async function latestRun(objects: ObjectStore): Promise<string | undefined> {
  return (await objects.list("runs/")).at(-1)?.slice("runs/".length, -".json".length);
}

/** Says what an audit would read; writes nothing and calls nobody. */
async function plan({ config, out, ...options }: Options, io: Io): Promise<number> {
  const format = chooseFormat(options.format, io.stdout, "json");
  const cloud = await openCloud(config, LONGEST_AUDIT_SECONDS, io);
  const objects = fileObjects(out);
  const deps = { config: cloud.config, registry: cloud.registry, runs: objectRunStore(objects), objects };
  await writeReadPlan(await planReads(await latestRun(objects), deps), out, format, io);
  return EXIT.done;
}

/** An audit lasts as long as there is something to list; each of its calls has its own time limit. */
const LONGEST_AUDIT_SECONDS = 86_400;

async function audit(options: Options, io: Io): Promise<number> {
  const format = chooseFormat(options.format, io.stdout, "json");
  const at = parseAt(options.at);
  const cloud = await openCloud(options.config, LONGEST_AUDIT_SECONDS, io);
  const alerter = options.alert === true ? await openAlerter(options.config, cloud.config, io) : undefined;
  const policies = await openPolicies(await loadPolicy(options.policy, cloud.config, io));
  await makeFolder(options.out);
  const objects = fileObjects(options.out);
  const runs = objectRunStore(objects);
  const resume = options.resume === true ? await runToResume(options.out, objects, runs) : undefined;
  const bar = progress(io.stderr, "audited");
  const work = runAudit({
    config: cloud.config,
    registry: cloud.registry,
    policies,
    objects,
    runs,
    clock: systemClock,
    random: Math.random,
    log: stderrLog(io),
    out: options.out,
    at,
    ...(resume === undefined ? {} : { resume }),
    onProgress: ({ done, shards, shard }) => bar.show(`${done} of ${shards} shards, ${shard}`),
  });
  const { result, report } = await untilStopped(work, io);
  await bar.end();
  for (const { shard, type, reason } of report.gaps) {
    await io.stderr.write(`tagwarden: not audited: ${shard}${type === undefined ? "" : ` (${type})`}: ${reason}\n`);
  }
  if (format === "table") await writeAuditTables(report, options.out, io);
  else await writeJson(io.stdout, result);
  const told = alerter === undefined || (await untilStopped(alerter({ report, objects, runs }), io));
  if (!report.complete || !told) return EXIT.provider;
  return result.evaluated.noncompliant + result.evaluated.unknown > 0 ? EXIT.findings : EXIT.done;
}

/** `tagwarden audit`: lists what exists, evaluates it and reports. */
export const addAudit: AddCommand = (program, { io, exit }) => {
  program
    .command("audit")
    .description(
      "List everything that the configuration names, evaluate it and write evaluations, findings and a report.",
    )
    .requiredOption(...POLICY_OPTION)
    .requiredOption(...CONFIG_OPTION)
    .requiredOption("--out <folder>", "where evaluations, findings and report go; replaces an earlier audit there")
    .option("--at <date>", "evaluate as of this day (UTC): decides which exemptions have expired")
    .option("--resume", "carry on with the run in this folder that was cut short")
    .option("--plan", "only print which APIs it would read through, with the calls and minutes that they took before")
    .option("--alert", "send the alerts that the configuration asks for; without it nobody is told")
    .option(FORMAT_OPTION, formatHelp("json"))
    .action(async (options: Options) => {
      // An audit keeps little and drops much; by default V8 lets several times the live heap pile up before it looks.
      setFlagsFromString("--heap-growing-percent=20");
      exit(await (options.plan === true ? plan(options, io) : audit(options, io)));
    });
};
