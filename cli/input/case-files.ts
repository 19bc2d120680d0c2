import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../../lib/core/errors.ts";
import { fileError } from "../file-error.ts";

const CASE_FILE = /\.policy-test\.(?:ya?ml|json)$/;

/**
 * The files of cases that are named; of a folder, those in it and below, in the bytewise order of their paths, but for
 * `node_modules` and what begins with a dot. Throws InputError where a folder holds none.
 */
export async function caseFilesAt(paths: readonly string[]): Promise<readonly string[]> {
  const files: string[] = [];
  for (const path of paths) {
    try {
      if (!(await stat(path)).isDirectory()) {
        files.push(path);
        continue;
      }
      const found = await below(path);
      if (found.length === 0)
        throw new InputError(`${path}: is a folder without *.policy-test.yaml files; name another`);
      files.push(...found.sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other))));
    } catch (error) {
      throw fileError(path, error);
    }
  }
  return [...new Set(files)];
}

async function below(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const found = await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return entry.name === "node_modules" || entry.name.startsWith(".") ? [] : below(path);
      return entry.isFile() && CASE_FILE.test(entry.name) ? [path] : [];
    }),
  );
  return found.flat();
}
