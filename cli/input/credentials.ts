import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { InputError } from "../../lib/core/errors.ts";
import { createAwsClients } from "../../lib/lambda/settings/aws-clients.ts";
import { createCredentialResolver } from "../../lib/lambda/settings/credentials.ts";
import { isObject } from "./json-object.ts";
import type { Io } from "../io.ts";

export type ResolveCredential = (reference: string, isFresh?: boolean) => Promise<string>;

function bad(reference: string, problem: string): InputError {
  return new InputError(`credential "${reference}": ${problem}`);
}

/** `KEY=VALUE` lines, as an .env file has them; `#` starts a comment line, quotes round a value are dropped. */
function valueInLines(text: string, key: string): string | undefined {
  for (const line of text.split("\n")) {
    const trimmed = line.trim().replace(/^export /, "");
    const at = trimmed.indexOf("=");
    if (trimmed.startsWith("#") || at < 0 || trimmed.slice(0, at).trim() !== key) continue;
    const value = trimmed.slice(at + 1).trim();
    const quote = value.at(0);
    return value.length > 1 && (quote === '"' || quote === "'") && value.endsWith(quote) ? value.slice(1, -1) : value;
  }
  return undefined;
}

function valueInJson(reference: string, text: string, key: string): string | undefined {
  try {
    const document: unknown = JSON.parse(text);
    const value = isObject(document) ? new Map(Object.entries(document)).get(key) : undefined;
    return typeof value === "string" ? value : undefined;
  } catch (error) {
    // The parser's own message would repeat a piece of the text, which is a secret.
    throw bad(reference, `the file is not valid JSON${error instanceof SyntaxError ? "" : " or can't be read"}`);
  }
}

async function fromFile(reference: string, folder: string): Promise<string> {
  const [path = "", key] = reference.slice("file:".length).split("#", 2);
  let text: string;
  try {
    text = (await readFile(resolve(folder, path), "utf8")).trim();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";
    throw bad(reference, `the file can't be read${code}; check the path, which starts at the configuration's folder`);
  }
  const value =
    key === undefined ? text : text.startsWith("{") ? valueInJson(reference, text, key) : valueInLines(text, key);
  if (value === undefined || value === "") throw bad(reference, `the file holds no ${key ?? "text"}; add it`);
  return value;
}

/**
 * Resolves the credential references of a configuration: `env:NAME`, `file:PATH#key` (JSON or KEY=VALUE lines; the
 * path starts at the configuration's folder), `secret:NAME#key` (AWS Secrets Manager), or a literal as it stands.
 * Throws InputError that names the reference, never the value.
 */
export function credentialResolver(configPath: string, io: Io): ResolveCredential {
  const others = createCredentialResolver(io.env, createAwsClients(io.env));
  const folder = dirname(configPath);
  return async (reference, isFresh) => {
    if (reference.startsWith("file:")) return fromFile(reference, folder);
    const value = await others(reference, isFresh);
    if (value === "") throw bad(reference, "is empty; set it");
    return value;
  };
}

/** Those that can be looked up here and now, so that a wrong reference is found before the first call. */
export function isLocalReference(reference: string): boolean {
  return reference.startsWith("env:") || reference.startsWith("file:");
}
