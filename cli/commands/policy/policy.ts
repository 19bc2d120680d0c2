import { policyJsonSchema } from "../../../lib/core/policy/load/schema.ts";
import { CONFIG_OPTION, POLICY_OPTION, type AddCommand } from "../../command.ts";
import { loadConfig } from "../../input/config.ts";
import { loadPolicy } from "../../input/policy.ts";
import type { Io } from "../../io.ts";
import { writeText } from "../../output/file.ts";
import { checkPolicies, type CheckOptions } from "../../work/check-files.ts";
import { addExplain } from "./explain.ts";
import { addLint } from "./lint.ts";
import { addTest } from "./test.ts";

interface CompileOptions {
  readonly policy: string;
  readonly config?: string;
  readonly out?: string;
}

async function compile(options: CompileOptions, io: Io): Promise<void> {
  const config = options.config === undefined ? undefined : await loadConfig(options.config, io);
  const compiled = await loadPolicy(options.policy, config, io);
  const text = `${JSON.stringify(compiled)}\n`;
  await (options.out === undefined ? io.stdout.write(text) : writeText(options.out, text));
}

/** `tagwarden policy …`: what can be done with policies alone. */
export const addPolicy: AddCommand = (program, context) => {
  const { io } = context;
  const policy = program
    .command("policy")
    .description("Check, lint, test, explain and compile policies.")
    .helpCommand(false);
  policy
    .command("compile")
    .description("Check policies and turn them into the plain data that the deployed functions read.")
    .requiredOption(...POLICY_OPTION)
    .option(CONFIG_OPTION[0], `${CONFIG_OPTION[1]}: the policies must be possible on the types configured there`)
    .option("--out <file>", "write here instead of to stdout")
    .action((options: CompileOptions) => compile(options, io));
  policy
    .command("check")
    .description("Say all that is wrong with policies, and nothing where nothing is.")
    .requiredOption(...POLICY_OPTION)
    .option(
      CONFIG_OPTION[0],
      `${CONFIG_OPTION[1]}: is checked as well, and the policies against the types configured there`,
    )
    .action((options: CheckOptions) => checkPolicies(options, io));
  addLint(policy, context);
  addTest(policy, context);
  addExplain(policy, context);
  policy
    .command("schema")
    .description("Print the JSON Schema of policy files, for editors.")
    .action(() => io.stdout.write(`${JSON.stringify(policyJsonSchema(), undefined, 2)}\n`));
};
