import { LINT_SEVERITIES, type LintFinding, type LintSeverity } from "../../../lib/core/policy/lint/rules.ts";
import { countText } from "../../../lib/core/report/figures.ts";
import { plainText, type Io } from "../../io.ts";
import { writeTable, type Column } from "../results.ts";

const COLUMNS: readonly Column<LintFinding>[] = [
  ["severity", ({ severity }) => severity, "state"],
  ["rule", ({ rule }) => rule, "id"],
  ["at", ({ file, line, column }) => `${file}:${line}:${column}`, "id"],
  ["what is odd", ({ message }) => message, "advice"],
  ["what to do", ({ fix }) => fix, "advice"],
];

export async function writeLintTable(findings: readonly LintFinding[], io: Io): Promise<void> {
  if (findings.length === 0) return;
  await writeTable(io.stdout, COLUMNS, findings);
  await io.stderr.write("\n");
}

const GITHUB: Readonly<Record<LintSeverity, string>> = { error: "error", warning: "warning", info: "notice" };

/**
 * As GitHub shows them beside the lines of a change.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 */
export async function writeGithubLines(findings: readonly LintFinding[], io: Io): Promise<void> {
  for (const { rule, severity, file, line, column, message, fix } of findings) {
    const place = `file=${property(file)},line=${line},col=${column},title=${property(rule)}`;
    await io.stdout.write(`::${GITHUB[severity]} ${place}::${data(`${message}; ${fix}`)}\n`);
  }
}

function data(text: string): string {
  return plainText(text).replaceAll("%", "%25");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

export async function tellLintCounts(findings: readonly LintFinding[], io: Io): Promise<void> {
  const counts = LINT_SEVERITIES.flatMap((severity) => {
    const count = findings.filter((one) => one.severity === severity).length;
    return count === 0 ? [] : [severity === "info" ? `${count} info` : countText(count, severity)];
  });
  await io.stderr.write(`${counts.length === 0 ? "nothing to say" : counts.join(", ")}\n`);
}
