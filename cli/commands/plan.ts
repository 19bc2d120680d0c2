import { openPolicies } from "../../lib/core/policy/open.ts";
import { FORMAT_OPTION, formatHelp, POLICY_OPTION, type AddCommand } from "../command.ts";
import { parseAt } from "../input/evaluation-date.ts";
import { loadPolicy } from "../input/policy.ts";
import { readAllResources } from "../input/resources.ts";
import { EXIT, type Io } from "../io.ts";
import { writePlannedTags } from "../output/planned-tags.ts";
import { chooseFormat } from "../output/results.ts";
import { planTags } from "../work/planned-tags.ts";

interface Options {
  readonly policy: string;
  readonly resources: string;
  readonly at?: string;
  readonly format?: string;
}

async function planCommand(options: Options, io: Io): Promise<number> {
  const format = chooseFormat(options.format, io.stdout, "json");
  const at = parseAt(options.at);
  const policies = await openPolicies(await loadPolicy(options.policy, undefined, io));
  const { resources, repeated } = await readAllResources(options.resources, io);
  if (repeated > 0) await io.stderr.write(`tagwarden: ${repeated} lines name a resource again and were left out\n`);
  await writePlannedTags(planTags(resources, policies, at), format, io);
  return EXIT.done;
}

/** `tagwarden plan`: the tag calls that would be sent for resources in a file. */
export const addPlan: AddCommand = (program, { io, exit }) => {
  program
    .command("plan")
    .description("Print the tag calls that would give resources what the policies require, without sending any.")
    .requiredOption(...POLICY_OPTION)
    .requiredOption("--resources <file>", "resource NDJSON with their tags, plain or gzip; - for stdin")
    .option("--at <date>", "plan as of this day (UTC) or RFC 3339 time: decides which exemptions have expired")
    .option(FORMAT_OPTION, formatHelp("json"))
    .action(async (options: Options) => exit(await planCommand(options, io)));
};
