import { getReferencesInExpression, parse } from "@cdktn/hcl2json";
import { readFileSync } from "node:fs";
import { isObject } from "../../local/service/serverless-variables.ts";

/** A block's body; expressions are texts with `${…}`. */
export type Body = Readonly<Record<string, unknown>>;

/** A Terraform file as HashiCorp's own parser reads it. */
export interface TerraformFile {
  readonly providers: readonly string[];
  readonly variables: ReadonlyMap<string, Body>;
  readonly locals: Body;
  readonly outputs: ReadonlyMap<string, Body>;
  /** What it looks up, by `data.type`. */
  readonly data: readonly string[];
  /** By `type.name`. */
  readonly resources: ReadonlyMap<string, Body>;
}

/** Throws where the file can't be parsed, with line and column. */
export async function readTerraform(path: string): Promise<TerraformFile> {
  const file = await parseText(path, readFileSync(path, "utf8"));
  const resources = entriesOf(file["resource"]).flatMap(([type, named]) =>
    entriesOf(named).map(([name, bodies]) => [`${type}.${name}`, onlyOne(bodies)] as const),
  );
  return {
    providers: Object.keys(onlyOne(onlyOne(file["terraform"])["required_providers"])),
    variables: new Map(entriesOf(file["variable"]).map(([name, bodies]) => [name, onlyOne(bodies)])),
    data: entriesOf(file["data"]).map(([type]) => `data.${type}`),
    locals: onlyOne(file["locals"]),
    outputs: new Map(entriesOf(file["output"]).map(([name, bodies]) => [name, onlyOne(bodies)])),
    resources: new Map(resources),
  };
}

/** What `${jsonencode({ … })}` encodes; expressions in it are texts with `${…}` again. */
export async function encoded(expression: unknown): Promise<Body> {
  const [, inside] = /^\$\{jsonencode\(([^]*)\)\}$/.exec(String(expression)) ?? [];
  if (inside === undefined) throw new Error(`${String(expression)} is not made by jsonencode`);
  const { document } = await parseText("document.tf", `document = ${inside}\n`);
  if (!isObject(document)) throw new Error("jsonencode is given no object");
  return document;
}

/** What the expressions of a value refer to: `var.x`, `local.x`, `type.name`, without attributes. */
export async function referencesIn(value: unknown): Promise<readonly string[]> {
  if (typeof value === "string") {
    if (!value.includes("${")) return [];
    const found = await getReferencesInExpression("expression.tf", value);
    return found.map(({ value: reference }) => reference.split(".").slice(0, 2).join("."));
  }
  const inner: readonly unknown[] = Array.isArray(value) ? value : isObject(value) ? Object.values(value) : [];
  return (await Promise.all(inner.map(referencesIn))).flat();
}

async function parseText(name: string, text: string): Promise<Body> {
  const file: unknown = await parse(name, text);
  if (!isObject(file)) throw new Error(`${name} holds no blocks`);
  return file;
}

function entriesOf(value: unknown): [string, unknown][] {
  return isObject(value) ? Object.entries(value) : [];
}

/** Blocks come as lists, since most may stand more than once. */
function onlyOne(bodies: unknown): Body {
  const [body, ...more]: readonly unknown[] = Array.isArray(bodies) ? bodies : [];
  if (!isObject(body) || more.length > 0) throw new Error(`one block is expected: ${JSON.stringify(bodies)}`);
  return body;
}
