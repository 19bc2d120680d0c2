import type { Step } from "./page.ts";
import type { ShellResult } from "./shell.ts";

type Command = Extract<Step, { kind: "command" }>;

const UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";
/** What the page calls by a name, because it is another each time; "…" is whatever a line says. */
const PATTERNS: ReadonlyMap<string, string> = new Map([
  ["ID", UUID],
  ["RUN", `\\d{4}-\\d\\d-\\d\\d\\.${UUID}`],
  ["TIME", "\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d:\\d\\d(?:\\.\\d{3}Z)?"],
  ["…", ".*"],
]);
/** The page's names that are put into the commands that follow. */
const GIVEN = new Set(["ID", "RUN"]);
const NAME = /(\b(?:ID|RUN|TIME)\b|…)/;

/** What the page's names stand for, as the last output that shows them. */
export type Names = Map<string, string>;

/** What a person types: the page's command with what came before in the place of names. */
export function typed(command: string, names: Names): string {
  return command
    .split(NAME)
    .map((part) => names.get(part) ?? part)
    .join("");
}

/** A sentence where a command did something else than the page says; undefined where all is as shown. */
export function difference(step: Command, { exit, stdout, stderr }: ShellResult, names: Names): string | undefined {
  const place = `docs/operations.md:${step.line}: ${step.command}`;
  if (exit !== step.exit) return `${place}\nexited with ${exit} instead of ${step.exit}\n${stdout}${stderr}`;
  if (step.output === undefined) return undefined;
  const found = patternOf(step.output).exec(plain(stdout));
  if (found === null) return `${place}\nprinted\n${stdout}\nand the page shows\n${step.output}\n${stderr}`;
  for (const [name, value] of Object.entries(found.groups ?? {})) names.set(name, value);
  return undefined;
}

/** All of the output; a name that stands there twice is the same both times. */
function patternOf(output: string): RegExp {
  const known = new Set<string>();
  const parts = plain(output)
    .split(NAME)
    .map((part) => {
      const pattern = PATTERNS.get(part);
      if (pattern === undefined) return part.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
      if (!GIVEN.has(part)) return pattern;
      if (known.has(part)) return String.raw`\k<${part}>`;
      known.add(part);
      return `(?<${part}>${pattern})`;
    });
  return new RegExp(`^${parts.join("")}$`);
}

/** Columns are as wide as what stands in them, which the page shortens. */
function plain(text: string): string {
  return text
    .trim()
    .split("\n")
    .map((line) => line.trim().replaceAll(/ {2,}/g, " "))
    .join("\n");
}
