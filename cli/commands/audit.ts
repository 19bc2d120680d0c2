import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { planReads } from "../../lib/app/folder-audit/plan-reads.ts";
import { runAudit, type AuditResult } from "../../lib/app/folder-audit/run-audit.ts";
import { AUDIT_FOLDERS, latestRun } from "../../lib/app/folder-audit/run-folder.ts";
import { standingReport } from "../../lib/app/folder-audit/standing-report.ts";
import { systemClock } from "../../lib/app/ports/system-clock.ts";
import { writingOffText } from "../../lib/core/mode.ts";
import { countText } from "../../lib/core/report/figures.ts";
import { openPolicies } from "../../lib/core/policy/open.ts";
import { removeUnfinished } from "../../lib/sinks/objects/files.ts";
import { lockFolder } from "../../lib/sinks/objects/folder-lock.ts";
import { CONFIG_OPTION, FORMAT_OPTION, formatHelp, POLICY_OPTION, type AddCommand } from "../command.ts";
import { modeOf } from "../input/enforce-mode.ts";
import { parseAt } from "../input/evaluation-date.ts";
import { loadPolicy } from "../input/policy.ts";
import { plainText, EXIT, type Io } from "../io.ts";
import { writeAuditTables } from "../output/audit-tables.ts";
import type { Next } from "../output/change-summary.ts";
import { commandLine } from "../output/next-command.ts";
import { progress } from "../output/progress.ts";
import { writeReadPlan } from "../output/read-plan.ts";
import { chooseFormat, writeJson } from "../output/results.ts";
import { stderrLog } from "../output/stderr-log.ts";
import { auditFolder, makeFolder, runToResume } from "../work/audit-folder.ts";
import { openCloud } from "../work/cloud.ts";
import { openAlerter } from "../work/send-alerts.ts";
import { untilStopped } from "../work/stop.ts";

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

/** Says what an audit would read; writes nothing and calls nobody. */
async function plan({ config, out, ...options }: Options, io: Io): Promise<number> {
  const format = chooseFormat(options.format, io.stdout, "json");
  const cloud = await openCloud(config, LONGEST_AUDIT_SECONDS, io);
  const { objects, runs } = auditFolder(out);
  const deps = { config: cloud.config, registry: cloud.registry, runs, objects };
  const run = (await standingReport(objects))?.run ?? (await latestRun(objects));
  await writeReadPlan(await planReads(run, deps), out, format, io);
  return EXIT.done;
}

/** An audit lasts as long as there is something to list; each of its calls has its own time limit. */
const LONGEST_AUDIT_SECONDS = 86_400;

async function audit(options: Options, io: Io): Promise<number> {
  const format = chooseFormat(options.format, io.stdout, "json");
  const at = parseAt(options.at);
  const mode = modeOf(io.env);
  const { out: path } = options;
  const folder = auditFolder(path);
  const cloud = await openCloud(options.config, LONGEST_AUDIT_SECONDS, io);
  const alerter = options.alert === true ? await openAlerter(options.config, cloud.config, folder, io) : undefined;
  const policies = await openPolicies(await loadPolicy(options.policy, cloud.config, io));
  // A folder that is misspelled must not be made.
  if (options.resume === true) await runToResume(folder);
  await makeFolder(path);
  const unlock = await lockFolder(path);
  try {
    await removeUnfinished(path, AUDIT_FOLDERS);
    const resume = options.resume === true ? await runToResume(folder) : undefined;
    if (resume === undefined && alerter !== undefined) await untilStopped(alerter.tellOwed(), io);
    const bar = progress(io.stderr, "shards audited:");
    let sofar: { readonly done: number; readonly shards: number } | undefined;
    cloud.watch.listen(({ calls }) => {
      const called = countText(calls, "call");
      if (sofar === undefined) bar.show(`none yet, ${called}`);
      else bar.at(sofar.done, sofar.shards, called);
    });
    const work = runAudit({
      config: cloud.config,
      registry: cloud.registry,
      policies,
      objects: folder.objects,
      runs: folder.runs,
      clock: systemClock,
      random: Math.random,
      log: stderrLog(io),
      out: path,
      at,
      mode,
      ...(resume === undefined ? {} : { resume }),
      onProgress({ done, shards, shard }) {
        sofar = { done, shards };
        bar.at(done, shards, shard);
      },
      onWait({ shard, reason, ms }) {
        const line = `tagwarden: ${shard}: ${plainText(reason)}; it is tried again in ${ms / 1_000} s\n`;
        const write = async () => {
          await bar.end();
          await io.stderr.write(line);
        };
        // Whoever stopped reading still gets the results.
        write().catch(() => undefined);
      },
      async alert(finished) {
        await bar.end();
        await alerter?.tell(finished);
      },
    });
    bar.show("none yet");
    const { result, report } = await untilStopped(work, io).catch(async (error: unknown) => {
      await bar.end();
      if (io.signal.aborted) await io.stderr.write("tagwarden: with --resume, the same command goes on from here\n");
      throw error;
    });
    await bar.end();
    for (const { shard, type, reason } of report.gaps) {
      await io.stderr.write(`tagwarden: not audited: ${shard}${type === undefined ? "" : ` (${type})`}: ${reason}\n`);
    }
    const off = writingOffText(report.mode);
    if (off !== undefined) await io.stderr.write(`${off}\n`);
    if (format === "table") await writeAuditTables(report, path, nextAfter(options, result, io.env), io);
    else await writeJson(io.stdout, result);
    if (!report.complete || alerter?.hasFailed() === true) return EXIT.provider;
    return result.evaluated.noncompliant + result.evaluated.unknown > 0 ? EXIT.findings : EXIT.done;
  } finally {
    await unlock();
  }
}

/** What to do with what an audit has found: see what enforcement would do about it, or read its report. */
function nextAfter({ policy, config, out }: Options, { evaluated }: AuditResult, env: Io["env"]): Next {
  if (evaluated.noncompliant === 0) {
    return { what: "To read the report:", command: commandLine(env, "report", "--run", out, "--open") };
  }
  const words = ["enforce", "--policy", policy, "--config", config, "--resources", join(out, "findings")];
  return { what: "To see what enforcement would do about it:", command: commandLine(env, ...words) };
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
    .option("--at <date>", "evaluate as of this day (UTC) or RFC 3339 time: decides which exemptions have expired")
    .option("--resume", "carry on with the run in this folder that was cut short")
    .option("--plan", "only print which APIs it would read through, with the calls and minutes that they took before")
    .option("--alert", "send the alerts that the configuration asks for; without it nobody is told")
    .option(FORMAT_OPTION, formatHelp("json"))
    .action(async (options: Options) => {
      // An audit keeps little and drops much; by default V8 lets several times the live heap pile up before it looks.
      setFlagsFromString("--heap-growing-percent=50");
      exit(await (options.plan === true ? plan(options, io) : audit(options, io)));
    });
};
