import type { core } from "zod";
import type { YamlSource } from "./yaml-source.ts";

const MOST_KEYS = 50;

type Issue = core.$ZodIssue;
type Keys = readonly PropertyKey[];

function valueAt(value: unknown, keys: Keys): unknown {
  let at = value;
  for (const key of keys) {
    if (typeof at !== "object" || at === null) return undefined;
    at = Object.getOwnPropertyDescriptor(at, key)?.value as unknown;
  }
  return at;
}

function pathText(keys: Keys): string {
  return keys
    .map((key, index) => (typeof key === "number" ? `[${key}]` : `${index === 0 ? "" : "."}${String(key)}`))
    .join("");
}

const WORDS: ReadonlyMap<string, string> = new Map([
  ["string", "text"],
  ["record", "a mapping"],
  ["object", "a mapping"],
  ["array", "a list"],
  ["int", "a whole number"],
  ["boolean", "true or false"],
  ["number", "a number"],
]);

function wordFor(expected: string): string {
  return WORDS.get(expected) ?? expected;
}

function typeProblem(expected: string, keys: Keys, source: YamlSource): string {
  const value = valueAt(source.value, keys);
  const name = pathText(keys);
  if (name === "")
    return value === undefined || value === null ? "the file is empty" : `the file must be ${wordFor(expected)}`;
  if (value === undefined) return `${name} is missing; add it`;
  if (expected === "string" && (typeof value === "number" || typeof value === "boolean")) {
    return `${name} must be text; quote it: "${source.writtenAt(keys) ?? String(value)}"`;
  }
  return `${name} must be ${wordFor(expected)}`;
}

/** Of the forms that a value may take, the problems of the one that it comes nearest to. */
function nearestForm(errors: readonly (readonly Issue[])[]): readonly Issue[] {
  const depth = (issues: readonly Issue[]): number => Math.max(0, ...issues.map(({ path }) => path.length));
  return [...errors].sort((one, other) => depth(other) - depth(one) || one.length - other.length)[0] ?? [];
}

function* problems(issue: Issue, above: Keys, source: YamlSource): Generator<string> {
  const keys = [...above, ...issue.path];
  const name = pathText(keys);
  if (issue.code === "unrecognized_keys") {
    const where = name === "" ? "" : ` in ${name}`;
    // Each key is looked for from the start, and nobody reads on for ever.
    for (const key of issue.keys.slice(0, MOST_KEYS)) {
      yield `${source.placeOfKey(keys, key)}: unknown key "${key}"${where}; remove it or check its spelling`;
    }
    const more = issue.keys.length - MOST_KEYS;
    if (more > 0) yield `${source.placeOf(keys)}: and ${more} more unknown keys${where}`;
    return;
  }
  if (issue.code === "invalid_union" && issue.errors.length > 0) {
    for (const inner of nearestForm(issue.errors)) yield* problems(inner, keys, source);
    return;
  }
  yield `${source.placeOf(keys)}: ${messageOf(issue, keys, source)}`;
}

function messageOf(issue: Issue, keys: Keys, source: YamlSource): string {
  const name = pathText(keys);
  if (issue.code === "invalid_type") return typeProblem(issue.expected, keys, source);
  if (issue.code !== "invalid_value") return `${name} ${issue.message}`;
  const values = issue.values.map(String).join(", ");
  return valueAt(source.value, keys) === undefined
    ? `${name} is missing; write one of ${values}`
    : `${name} must be one of ${values}`;
}

/** One line `path:line:col: message` for each problem that a schema found, in the order of the file, none twice. */
export function describeProblems(issues: readonly Issue[], source: YamlSource): readonly string[] {
  const lines = issues.flatMap((issue) => [...problems(issue, [], source)]);
  const position = (line: string): number => {
    const [row = 0, column = 0] = line
      .slice(source.path.length + 1)
      .split(":", 2)
      .map(Number);
    return row * 1e6 + column;
  };
  return [...new Set(lines)].sort((one, other) => position(one) - position(other));
}
