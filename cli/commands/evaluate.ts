import { COMPLIANCES, type Compliance, type Evaluation } from "../../lib/core/evaluation.ts";
import { openPolicies } from "../../lib/core/policy/open.ts";
import { evaluationLine } from "../../lib/core/report/evaluation-line.ts";
import { forbiddenText, invalidText, lackingOf } from "../../lib/core/report/wrong-text.ts";
import { shown } from "../../lib/core/shown.ts";
import { FORMAT_OPTION, formatHelp, POLICY_OPTION, type AddCommand } from "../command.ts";
import { parseAt } from "../input/evaluation-date.ts";
import { loadPolicy } from "../input/policy.ts";
import { readResources } from "../input/resources.ts";
import { EXIT, type Io } from "../io.ts";
import { progress } from "../output/progress.ts";
import { chooseFormat, rowWriter, type Column } from "../output/results.ts";

interface Options {
  readonly policy: string;
  readonly resources: string;
  readonly at?: string;
  readonly format?: string;
}

const COLUMNS: readonly Column<Evaluation>[] = [
  ["compliance", ({ compliance }) => compliance, "state"],
  ["type", ({ type }) => type],
  ["account", ({ account }) => account],
  ["region", ({ region }) => region],
  ["id", ({ id }) => id, "id"],
  [
    "missing",
    (one) =>
      lackingOf(one)
        .map((keys) => keys.join("|"))
        .join(" "),
  ],
  [
    "invalid",
    ({ invalid, forbidden = [] }) => [...invalid.map(invalidText), ...forbidden.map(forbiddenText)].join("; "),
  ],
  ["near misses", ({ nearMisses }) => nearMisses.map(({ key, found }) => `${shown(found)} for ${key}`).join("; ")],
];

async function evaluate(options: Options, io: Io): Promise<number> {
  const format = chooseFormat(options.format, io.stdout, "ndjson");
  const at = parseAt(options.at);
  const policies = await openPolicies(await loadPolicy(options.policy, undefined, io));
  const rows = rowWriter<Evaluation>(io.stdout, format, { columns: COLUMNS, toLine: (one) => evaluationLine(one) });
  const counts = new Map<Compliance, number>();
  const bar = progress(io.stderr, "evaluated");
  try {
    for await (const { resource } of readResources(options.resources, io)) {
      const evaluation = policies.evaluate(resource, at);
      counts.set(evaluation.compliance, (counts.get(evaluation.compliance) ?? 0) + 1);
      await rows.write(resource.project === undefined ? evaluation : { ...evaluation, project: resource.project });
      bar.advance();
    }
  } finally {
    await bar.end();
    await rows.end();
  }
  const told = COMPLIANCES.filter((compliance) => counts.has(compliance)).map((one) => `${counts.get(one)} ${one}`);
  if (format === "table" && told.length > 0) await io.stderr.write("\n");
  await io.stderr.write(`${told.length === 0 ? "no resources" : told.join(", ")}\n`);
  return counts.has("noncompliant") || counts.has("unknown") ? EXIT.findings : EXIT.done;
}

/** `tagwarden evaluate`: what the policies say of resources in a file. */
export const addEvaluate: AddCommand = (program, { io, exit }) => {
  program
    .command("evaluate")
    .description("Say what the policies require of each resource and what it lacks.")
    .requiredOption(...POLICY_OPTION)
    .requiredOption("--resources <file>", "resource NDJSON, plain or gzip; - for stdin")
    .option("--at <date>", "evaluate as of this day (UTC) or RFC 3339 time: decides which exemptions have expired")
    .option(FORMAT_OPTION, formatHelp("ndjson"))
    .action(async (options: Options) => exit(await evaluate(options, io)));
};
