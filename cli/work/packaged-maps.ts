import { readdirSync, readFileSync, statSync } from "node:fs";
import { SourceMap } from "node:module";
import { basename, join } from "node:path";
import { InputError, messageOf } from "../../lib/core/errors.ts";
import { zipEntries, type PackedFile } from "../../local/packaged/unzip.ts";
import { fileError } from "../file-error.ts";

/** `lib/app/cloud/call.ts:12:3` of a line and a column, both from one; undefined where the map knows none. */
type Translate = (line: number, column: number) => string | undefined;

/**
 * The source maps of these files of packaged functions, by the file's name. Packages carry them beside the code, which
 * doesn't refer to them: Node would read and parse each of them at every cold start. Throws InputError where there is no
 * package.
 */
export function openPackages(path: string, files: ReadonlySet<string>): ReadonlyMap<string, Translate> {
  const found = new Map<string, Translate>();
  for (const zip of zipsAt(path)) {
    for (const { name, content } of entriesOf(zip)) {
      const file = basename(name, ".map");
      if (name.endsWith(".map") && files.has(file)) found.set(file, translator(content().toString("utf8")));
    }
  }
  return found;
}

function zipsAt(path: string): readonly string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
    const zips = readdirSync(path).filter((name) => name.endsWith(".zip"));
    if (zips.length > 0) return zips.map((name) => join(path, name));
  } catch (error) {
    throw fileError(path, error);
  }
  throw new InputError(`${path}: holds no packages; make them with \`serverless package\``);
}

function entriesOf(path: string): readonly PackedFile[] {
  const zip = readPackage(path);
  try {
    return [...zipEntries(zip)];
  } catch (error) {
    const reason = messageOf(error);
    throw new InputError(`${path}: is no package of a function: ${reason}`, { cause: error });
  }
}

function readPackage(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw fileError(path, error);
  }
}

function translator(text: string): Translate {
  const map = new SourceMap(JSON.parse(text));
  return (line, column) => {
    const entry = map.findEntry(line - 1, column - 1);
    if (!("originalSource" in entry)) return undefined;
    // Written from where the framework bundles.
    const source = entry.originalSource.replace(/^(?:\.\.?\/)+/, "");
    return `${source}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  };
}
