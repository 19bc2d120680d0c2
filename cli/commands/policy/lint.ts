import type { Command } from "commander";
import { InputError } from "../../../lib/core/errors.ts";
import type { LintFinding } from "../../../lib/core/policy/lint/rules.ts";
import { CONFIG_OPTION, FORMAT_OPTION, POLICY_OPTION, type CommandContext } from "../../command.ts";
import { loadConfig } from "../../input/config.ts";
import { parseAt } from "../../input/evaluation-date.ts";
import { EXIT, type Io } from "../../io.ts";
import { tellLintCounts, writeGithubLines, writeLintTable } from "../../output/policy/lint-findings.ts";
import { writeJson } from "../../output/results.ts";
import { lintPolicies } from "../../work/lint.ts";

interface Options {
  readonly policy: string;
  readonly config?: string;
  readonly resources?: string;
  readonly failOn: string;
  readonly format?: string;
}

const FORMATS = ["table", "json", "github"] as const;
const FAIL_ON = ["error", "warning", "never"] as const;

function chosen<Choice extends string>(option: string, asked: string, choices: readonly Choice[]): Choice {
  const choice = choices.find((one) => one === asked);
  if (choice === undefined) throw new InputError(`${option} ${asked}: choose one of ${choices.join(", ")}`);
  return choice;
}

async function lint(options: Options, io: Io): Promise<number> {
  const failOn = chosen("--fail-on", options.failOn, FAIL_ON);
  const format = chosen("--format", options.format ?? (io.stdout.terminal ? "table" : "json"), FORMATS);
  const config = options.config === undefined ? undefined : await loadConfig(options.config, io);
  const { policy, resources } = options;
  const findings = await lintPolicies({ policy, resources, at: parseAt(undefined) }, config, io);
  if (format === "json") await writeJson(io.stdout, findings);
  else if (format === "github") await writeGithubLines(findings, io);
  else await writeLintTable(findings, io);
  await tellLintCounts(findings, io);
  return findings.some((finding) => isFailure(finding, failOn)) ? EXIT.findings : EXIT.done;
}

function isFailure({ severity }: LintFinding, failOn: (typeof FAIL_ON)[number]): boolean {
  return failOn !== "never" && (severity === "error" || severity === failOn);
}

/** `tagwarden policy lint`: what is legal in policies, and can't be meant or seldom is. */
export function addLint(policy: Command, { io, exit }: CommandContext): void {
  policy
    .command("lint")
    .description("Say what policies can't mean, or seldom do, though it is legal: docs/lint.md has every rule.")
    .requiredOption(...POLICY_OPTION)
    .option(CONFIG_OPTION[0], `${CONFIG_OPTION[1]}: the policies are held to the types configured there`)
    .option("--resources <file>", "resource NDJSON: also say which policies and exemptions match none of these")
    .option("--fail-on <severity>", "error, warning or never: exit 1 where there is something as severe", "error")
    .option(FORMAT_OPTION, "table, json or github (default: table on a terminal, json in a pipe)")
    .action(async (options: Options) => exit(await lint(options, io)));
}
