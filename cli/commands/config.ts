import { deploymentNotes } from "../../lib/core/config/deployment-notes.ts";
import { countText } from "../../lib/core/report/figures.ts";
import { CONFIG_OPTION, type AddCommand } from "../command.ts";
import { loadConfig } from "../input/config.ts";
import type { Io } from "../io.ts";
import { writeText } from "../output/file.ts";
import { checkConfig, sayWarnings } from "../work/check-files.ts";

interface CompileOptions {
  readonly config: string;
  readonly out?: string;
}

async function compile({ config: path, out }: CompileOptions, io: Io): Promise<void> {
  const config = await loadConfig(path, io);
  const text = `${JSON.stringify(config, undefined, 2)}\n`;
  await (out === undefined ? io.stdout.write(text) : writeText(out, text));
  await io.stderr.write(`${countText(config.accounts.length, "account")}\n`);
  for (const note of deploymentNotes(config)) await io.stderr.write(`note: ${note}\n`);
}

/** `tagwarden config …`: what can be done with a configuration alone. */
export const addConfig: AddCommand = (program, { io }) => {
  const config = program.command("config").description("Check and compile configurations.").helpCommand(false);
  config
    .command("compile")
    .description(
      "Check a configuration, list the accounts of its organizations, and write the JSON that the deployed functions read.",
    )
    .requiredOption(...CONFIG_OPTION)
    .option("--out <file>", "write here instead of to stdout")
    .action((options: CompileOptions) => compile(options, io));
  config
    .command("check")
    .description("Say all that is wrong with a configuration, and nothing where nothing is. It asks no cloud.")
    .requiredOption(...CONFIG_OPTION)
    .action(async (options: { readonly config: string }) => {
      const { warnings } = await checkConfig(options.config, io);
      await sayWarnings(warnings, io);
    });
};
