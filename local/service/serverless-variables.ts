import { InputError } from "../../lib/core/errors.ts";

/** What `${…}` in serverless.yml may ask for besides the file itself. */
export interface VariableSources {
  readonly stage: string;
  readonly params: Readonly<Record<string, string>>;
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** `--region` and the like. */
  readonly options: Readonly<Record<string, string>>;
}

const VARIABLE = /\$\{([a-z]+:[^${}]*)\}/;
/** One text may hold many variables, and each of them is a step. */
const MAX_DEPTH = 500;

/**
 * The document with every `${source:address, default}` replaced, as the framework does it: `self`, `env`, `opt`, `sls`
 * and `param`. `${Name}` without a source is left alone, since it belongs to `Fn::Sub`. Throws an InputError that names
 * the variable where nothing gives it a value.
 */
export function resolveVariables(document: unknown, sources: VariableSources): unknown {
  const lookUp = (address: string, depth: number): unknown => {
    const [source, path] = splitAt(address, ":");
    switch (source) {
      case "self":
        return resolve(at(document, path.split(".")), depth + 1);
      case "env":
        return sources.variables[path];
      case "opt":
        return path === "stage" ? sources.stage : sources.options[path];
      case "sls":
        return path === "stage" ? sources.stage : undefined;
      case "param":
        return (
          sources.params[path] ??
          resolve(at(document, ["params", sources.stage, path]) ?? at(document, ["params", "default", path]), depth + 1)
        );
      default:
        throw new InputError(
          `serverless.yml: the local run can't resolve \${${address}}: it knows self, env, opt, sls and param.`,
        );
    }
  };

  const resolveText = (text: string, depth: number): unknown => {
    if (depth > MAX_DEPTH) throw new InputError(`serverless.yml: "${text}" refers to itself.`);
    const match = VARIABLE.exec(text);
    if (match === null) return text;
    const [whole, inside = ""] = match;
    const value = firstValue(inside, (address) => lookUp(address, depth));
    if (value === undefined) throw new InputError(`serverless.yml: ${whole} has no value and no default.`);
    if (whole === text) return resolve(value, depth + 1);
    const part = typeof value === "string" ? value : JSON.stringify(value);
    return resolveText(
      text.replace(whole, () => part),
      depth + 1,
    );
  };

  const resolve = (value: unknown, depth: number): unknown => {
    if (typeof value === "string") return resolveText(value, depth);
    if (Array.isArray(value)) return value.map((item) => resolve(item, depth));
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item, depth)]));
  };

  return resolve(document, 0);
}

/** The first of several alternatives that has a value; a quoted alternative is a literal. */
function firstValue(inside: string, lookUp: (address: string) => unknown): unknown {
  for (const alternative of inside.split(",").map((part) => part.trim())) {
    const literal = /^'([^']*)'$|^"([^"]*)"$/.exec(alternative);
    const value = literal === null ? lookUp(alternative) : (literal[1] ?? literal[2]);
    if (value !== undefined && value !== "") return value;
    if (literal !== null) return "";
  }
  return undefined;
}

function splitAt(text: string, separator: string): [string, string] {
  const index = text.indexOf(separator);
  return index < 0 ? [text, ""] : [text.slice(0, index), text.slice(index + separator.length)];
}

function at(document: unknown, path: readonly string[]): unknown {
  let value = document;
  for (const name of path) value = isObject(value) ? value[name] : undefined;
  return value;
}

/** An object of the document: neither a list nor a scalar. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
