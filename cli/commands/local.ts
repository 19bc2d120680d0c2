import { once } from "node:events";
import { InputError } from "../../lib/core/errors.ts";
import { isPublished } from "../../local/published.ts";
import type { LocalResult } from "../../local/run/result.ts";
import type { LocalOptions, LocalProgress } from "../../local/run/run.ts";
import { FORMAT_OPTION, formatHelp, POLICY_OPTION, type AddCommand } from "../command.ts";
import { NO_READABLE_EVENT } from "../input/created.ts";
import { readEvent } from "../input/event.ts";
import { inputName } from "../input/file.ts";
import { readPolicies } from "../input/policy.ts";
import { readRecording } from "../input/recording.ts";
import { plainText, EXIT, type Io } from "../io.ts";
import { writeLocalTables } from "../output/local-tables.ts";
import { progress, type Progress } from "../output/progress.ts";
import { chooseFormat, writeJson, type Format } from "../output/results.ts";
import { untilStopped } from "../work/stop.ts";

interface Options {
  readonly events?: string;
  readonly policy?: string;
  readonly resources?: string;
  readonly state?: string;
  readonly out?: string;
  readonly serve?: boolean;
  readonly inProcess?: boolean;
  readonly format?: string;
}

const MOST_RESOURCES = 100_000;
/** Resources that are named one by one where they didn't end as expected. */
const MOST_UNEXPECTED = 20;

function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > MOST_RESOURCES) {
    throw new InputError(`--resources ${text}: must be a whole number from 1 to ${MOST_RESOURCES}`);
  }
  return count;
}

/** A recording's elements with the places that messages name. */
interface Recording {
  readonly events: readonly unknown[];
  readonly places: readonly string[];
  /** It could not be read to its end. */
  readonly incomplete: boolean;
}

/** The elements of a recording, as the queue will carry them; what is no event is named or counted on stderr and left out. */
async function readEvents(path: string, io: Io): Promise<Recording> {
  const events: unknown[] = [];
  const places: string[] = [];
  const problems: string[] = [];
  const skipped = new Map<string, number>();
  let incomplete = false;
  for await (const element of readRecording(path, io)) {
    if ("skipped" in element) {
      skipped.set(element.skipped, (skipped.get(element.skipped) ?? 0) + 1);
      continue;
    }
    if ("brokenOff" in element) {
      incomplete = true;
      await io.stderr.write(
        `tagwarden: ${plainText(`${element.where}: ${element.brokenOff}`)}; what follows was not read\n`,
      );
      continue;
    }
    if ("problem" in element) {
      await io.stderr.write(`tagwarden: ${plainText(`${element.where}: ${element.problem}`)}\n`);
      continue;
    }
    events.push(element.value);
    places.push(element.where);
    // The embedded cloud finds a region for every project, so none is missed here.
    const event = readEvent(element, { regionOfProject: () => "unknown" });
    if (event.kind === "unreadable") problems.push(`${element.where}: ${event.problem}`);
  }
  for (const [reason, times] of skipped) await io.stderr.write(`skipped: ${times} x ${plainText(reason)}\n`);
  if (problems.length < events.length) return { events, places, incomplete };
  for (const problem of problems) await io.stderr.write(`tagwarden: ${plainText(problem)}\n`);
  throw new InputError(`${inputName(path)}: ${NO_READABLE_EVENT}`);
}

async function optionsOf(options: Options, recording: Recording | undefined, io: Io): Promise<LocalOptions> {
  return {
    ...(recording === undefined ? {} : { events: recording.events }),
    ...(options.policy === undefined ? {} : { policyFiles: await readPolicies(options.policy, io) }),
    ...(options.resources === undefined ? {} : { resources: parseCount(options.resources) }),
    ...(options.state === undefined ? {} : { state: options.state }),
    ...(options.out === undefined ? {} : { out: options.out }),
    ...(options.inProcess === undefined ? {} : { inProcess: options.inProcess }),
  };
}

const STAGES: Readonly<Record<LocalProgress["stage"], string>> = {
  start: "packaging and starting the functions,",
  "audit-before": "audit before,",
  deliver: "events sent:",
  enforce: "events handled:",
  "audit-after": "audit after,",
  "audit-repaired": "audit of what was repaired,",
  "deliver-again": "events sent again:",
  "enforce-again": "events handled again:",
};
const SECOND_MS = 1_000;

/** Shows each stage of a run with its own pace, or for how long it has been going on. */
function showStages(io: Io): Pick<Progress, "end"> & { readonly show: (step: LocalProgress) => void } {
  let stage: string | undefined;
  let bar: Progress | undefined;
  let timer: NodeJS.Timeout | undefined;
  return {
    show(step) {
      if (bar === undefined || step.stage !== stage) bar = progress(io.stderr, `local run: ${STAGES[step.stage]}`);
      stage = step.stage;
      clearInterval(timer);
      if (step.done !== undefined) return bar.at(step.done, step.total);
      const [current, startedAt] = [bar, Date.now()];
      const tick = () => current.show(`${Math.round((Date.now() - startedAt) / SECOND_MS)} s`);
      tick();
      timer = setInterval(tick, SECOND_MS).unref();
    },
    async end() {
      clearInterval(timer);
      await bar?.end();
    },
  };
}

async function report(result: LocalResult, places: readonly string[], format: Format, io: Io): Promise<void> {
  for (const warning of result.warnings) await io.stderr.write(`tagwarden: warning: ${warning}\n`);
  for (const { index, reason } of result.messages.unreadable) {
    await io.stderr.write(`tagwarden: ${plainText(`${places[index] ?? `event #${index + 1}`}: ${reason}`)}\n`);
  }
  for (const failure of result.failures)
    await io.stderr.write(`tagwarden: an invocation failed: ${plainText(failure)}\n`);
  for (const gap of result.gaps) await io.stderr.write(`tagwarden: not audited: ${gap}\n`);
  for (const { type, id, expected, outcome, code } of result.unexpected.slice(0, MOST_UNEXPECTED)) {
    const why = code === undefined ? "" : ` (${code})`;
    await io.stderr.write(`tagwarden: ${type} ${plainText(id)}: ${outcome}${why}, expected ${expected}\n`);
  }
  const more = result.unexpected.length - MOST_UNEXPECTED;
  if (more > 0) await io.stderr.write(`tagwarden: and ${more} more, otherwise than expected; see ${result.details}\n`);
  if (format === "table") {
    await writeLocalTables(result, io);
    return;
  }
  const { resources, outcomes, calls, writes, compliance, report: path, details } = result;
  await writeJson(io.stdout, { resources, outcomes, calls, writes, compliance, report: path, details });
}

async function local(options: Options, io: Io): Promise<number> {
  const format = chooseFormat(options.format, io.stdout, "json");
  if (options.events !== undefined && options.resources !== undefined) {
    throw new InputError("--events and --resources exclude each other: a recording names its own resources");
  }
  const recording = options.events === undefined ? undefined : await readEvents(options.events, io);
  const given = await optionsOf(options, recording, io);
  // The embedded cloud is the heaviest part of the program, and no other command needs it.
  const { runLocal } = await import("../../local/run/run.ts");
  if (isPublished && options.inProcess !== true) {
    await io.stderr.write(
      "tagwarden: the functions run in this process; a checkout packages them as a deployment does\n",
    );
  }
  const bar = showStages(io);
  let told = false;
  const tell = async (result: LocalResult): Promise<void> => {
    if (told) return;
    told = true;
    await bar.end();
    await report(result, recording?.places ?? [], format, io);
  };
  const work = runLocal({
    ...given,
    // A deployment writes when it is told to; this cloud is nobody's.
    mode: "enforce",
    onProgress: bar.show,
    signal: io.signal,
    onNote: (note) => void io.stderr.write(`tagwarden: ${note}\n`),
    ...(options.serve === true && {
      serve: async ({ result, emulator, queueUrl, reportAddress }) => {
        await tell(result);
        await io.stderr.write(
          `serving until stopped (Ctrl-C)\nreport of the latest audit: ${reportAddress}\nqueue of created resources: ${queueUrl}\nemulator's control endpoint: ${emulator.description.control}\n`,
        );
        if (!io.signal.aborted) await once(io.signal, "abort");
      },
    }),
  });
  const result = options.serve === true ? await work : await untilStopped(work, io);
  await tell(result);
  if (recording?.incomplete === true) {
    await io.stderr.write("tagwarden: the recording is not whole, so the results are incomplete\n");
    return EXIT.usage;
  }
  return result.expected ? EXIT.done : EXIT.findings;
}

/** `tagwarden local`: the main job on the embedded cloud. */
export const addLocal: AddCommand = (program, { io, exit }) => {
  program
    .command("local")
    .description("Run the main job on this machine: create resources, deliver their events, tag, audit and report.")
    .option("--events <file>", "a recording of your own instead of the made scenario; - for stdin")
    .option(POLICY_OPTION[0], `${POLICY_OPTION[1]} (default: examples/local/policy.yaml)`)
    .option("--resources <n>", "resources of the made scenario (default: 1200)")
    .option("--state <folder>", "keep the embedded cloud and its queues here; a run that was killed goes on")
    .option("--out <folder>", "where the report goes (default: .tagwarden/local)")
    .option("--serve", "keep everything running afterwards and serve the report, until stopped")
    .option("--in-process", "run the functions' sources in this process, and package nothing")
    .option(FORMAT_OPTION, formatHelp("json"))
    .action(async (options: Options) => exit(await local(options, io)));
};
