import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../../lib/core/errors.ts";
import { fileError } from "../file-error.ts";

/** The file at a path (`-` is stdin), or the files of a folder whose names match, in the bytewise order of their paths. */
export async function filesAt(path: string, wanted: RegExp, kind: string): Promise<readonly string[]> {
  if (path === "-") return [path];
  try {
    if (!(await stat(path)).isDirectory()) return [path];
    const entries = await readdir(path, { withFileTypes: true, recursive: true });
    const files = entries.filter((entry) => entry.isFile() && wanted.test(entry.name));
    if (files.length === 0) throw new InputError(`${path}: is a folder without ${kind} files; name another`);
    const paths = files.map((entry) => join(entry.parentPath, entry.name));
    return paths.sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
  } catch (error) {
    throw fileError(path, error);
  }
}
