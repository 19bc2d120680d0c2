import type { Command } from "commander";
import { InputError } from "../../../lib/core/errors.ts";
import type { CompiledPolicies } from "../../../lib/core/policy/compiled.ts";
import { openExplain } from "../../../lib/core/policy/explain/open.ts";
import { countText } from "../../../lib/core/report/figures.ts";
import { FORMAT_OPTION, formatHelp, POLICY_OPTION, type CommandContext } from "../../command.ts";
import { parseAt } from "../../input/evaluation-date.ts";
import { loadPolicy } from "../../input/policy.ts";
import { EXIT, type Io } from "../../io.ts";
import { writeExplanation, type ExplainedResource } from "../../output/policy/explanation-tree.ts";
import { chooseFormat, rowWriter } from "../../output/results.ts";
import { needsOneOf } from "../../required-options.ts";
import { explainResources, explainRun } from "../../work/explanations.ts";
import { JOURNAL_OPTION, readRun } from "../../work/journal.ts";

interface Options {
  readonly policy: string;
  readonly resources?: string;
  readonly journal: string;
  readonly run?: string;
  readonly id?: string;
  readonly at?: string;
  readonly format?: string;
}

const RESOURCES_OPTION = "--resources <file>";
const RUN_OPTION = "--run <id>";

async function explain(options: Options, io: Io): Promise<number> {
  const { resources, run, id } = options;
  if (resources !== undefined && run !== undefined) throw new InputError("--resources and --run exclude each other");
  if (resources === undefined && run === undefined)
    throw new InputError("policy explain needs either --resources or --run");
  const format = chooseFormat(options.format, io.stdout, "ndjson");
  const compiled = await loadPolicy(options.policy, undefined, io);
  const ask = await openExplain(compiled);
  const explained =
    resources !== undefined
      ? explainResources({ resources, id, at: parseAt(options.at) }, ask, io)
      : explainedRun(run ?? "", options, { explain: ask, compiled }, io);
  const rows =
    format === "table"
      ? { write: (row: ExplainedResource) => writeExplanation(row, io.stdout), end: () => Promise.resolve() }
      : rowWriter<ExplainedResource>(io.stdout, format, { columns: [], toLine: (row) => JSON.stringify(row) });
  let count = 0;
  for await (const row of explained) {
    count += 1;
    await rows.write(row);
  }
  await rows.end();
  await io.stderr.write(count === 0 ? "no resources\n" : `${countText(count, "resource")} explained\n`);
  return EXIT.done;
}

async function* explainedRun(
  run: string,
  { journal, id, at }: Options,
  policies: { readonly explain: Awaited<ReturnType<typeof openExplain>>; readonly compiled: CompiledPolicies },
  io: Io,
): AsyncGenerator<ExplainedResource> {
  const all = await readRun(run, journal, io);
  const entries = all.filter((entry) => id === undefined || entry.id === id);
  const others = new Set(entries.flatMap(({ policyHash }) => policyHash ?? [])).difference(
    new Set([policies.compiled.hash]),
  );
  for (const hash of others) {
    const said = `run ${run} was asked for by other policies (${hash}) than these (${policies.compiled.hash})`;
    await io.stderr.write(`tagwarden: ${said}: the reasons given are those of these\n`);
  }
  yield* explainRun(run, entries, { ...policies, at: at === undefined ? undefined : parseAt(at) });
}

/** `tagwarden policy explain`: why policies say of a resource what they say, and what is written. */
export function addExplain(policy: Command, { io, exit }: CommandContext): void {
  const command = policy
    .command("explain")
    .description("Say why: which policies apply to a resource, what each asks of its tags, and what is written.")
    .requiredOption(...POLICY_OPTION)
    .option(RESOURCES_OPTION, "resource NDJSON, or an audit's findings, plain or gzip; - for stdin")
    .option(RUN_OPTION, "a run of the journal, instead of resources: why it wrote what it wrote")
    .option(...JOURNAL_OPTION)
    .option("--id <id>", "this resource alone")
    .option("--at <date>", "explain as of this day (UTC) or RFC 3339 time (default: now; of a run, when it wrote)")
    .option(FORMAT_OPTION, formatHelp("ndjson"))
    .action(async (options: Options) => exit(await explain(options, io)));
  needsOneOf(command, RESOURCES_OPTION, RUN_OPTION);
}
