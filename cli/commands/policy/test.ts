import type { Command } from "commander";
import { InputError } from "../../../lib/core/errors.ts";
import { FORMAT_OPTION, POLICY_OPTION, type CommandContext } from "../../command.ts";
import { caseFilesAt } from "../../input/case-files.ts";
import { parseAt } from "../../input/evaluation-date.ts";
import { EXIT, type Io } from "../../io.ts";
import {
  tellCounts,
  writeCaseJson,
  writeCaseTable,
  writeCoverageTable,
  writeJunit,
} from "../../output/policy/case-results.ts";
import { runCases } from "../../work/policy-cases.ts";

interface Options {
  readonly policy?: string;
  readonly coverage?: boolean;
  readonly format?: string;
}

const FORMATS = ["table", "json", "junit"] as const;

function formatOf(asked: string | undefined, { stdout }: Io): (typeof FORMATS)[number] {
  if (asked === undefined) return stdout.terminal ? "table" : "json";
  const format = FORMATS.find((one) => one === asked);
  if (format === undefined) throw new InputError(`--format ${asked}: choose one of ${FORMATS.join(", ")}`);
  return format;
}

async function test(files: readonly string[], options: Options, io: Io): Promise<number> {
  const format = formatOf(options.format, io);
  const named = await caseFilesAt(files.length === 0 ? ["."] : files);
  const { results, coverage } = await runCases(named, { policy: options.policy, now: parseAt(undefined) }, io);
  if (format === "junit") await writeJunit(results, io);
  else if (format === "json") await writeCaseJson(results, options.coverage === true ? coverage : undefined, io);
  else {
    await writeCaseTable(results, io);
    if (options.coverage === true) await writeCoverageTable(coverage, io);
    await io.stderr.write("\n");
  }
  await tellCounts(results, io);
  return results.some(({ differences }) => differences.length > 0) ? EXIT.findings : EXIT.done;
}

/** `tagwarden policy test`: whether policies say of some resources and events what they should. */
export function addTest(policy: Command, { io, exit }: CommandContext): void {
  policy
    .command("test")
    .description("Run cases: what the policies should say of a resource, or of what an event creates.")
    .argument("[file...]", "files of cases, or folders of *.policy-test.yaml (default: this folder)")
    .option("--policy <path>", `${POLICY_OPTION[1]}: instead of the one that each file names`)
    .option("--coverage", "also say what of the policies the cases reach, and what they don't")
    .option(FORMAT_OPTION, "table, json or junit (default: table on a terminal, json in a pipe)")
    .action(async (files: string[], options: Options) => exit(await test(files, options, io)));
}
