import { mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import type { ObjectStore } from "../app/ports/objects.ts";
import { InputError } from "../core/errors.ts";
import { checkObjectName } from "./object-name.ts";

/** A write under way: never listed, and left behind only by a crash. */
const UNFINISHED = ".unfinished";

/** Objects as files under `directory`, which is made when first needed. */
export function fileObjects(directory: string): ObjectStore {
  let writes = 0;
  const pathOf = (name: string): string => {
    checkObjectName(name);
    return join(directory, ...name.split("/"));
  };
  return {
    async put(name, body) {
      const path = pathOf(name);
      writes += 1;
      const unfinished = `${path}.${process.pid}-${writes}${UNFINISHED}`;
      try {
        await mkdir(dirname(path), { recursive: true });
        await writeFile(unfinished, body);
        await rename(unfinished, path);
      } catch (error) {
        await rm(unfinished, { force: true }).catch(() => undefined);
        throw unusable(path, error);
      }
    },
    async get(name) {
      try {
        return await readFile(pathOf(name));
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },
    async list(prefix) {
      const folder = prefix.slice(0, prefix.lastIndexOf("/") + 1);
      try {
        const entries = await readdir(join(directory, folder), { recursive: true, withFileTypes: true });
        return entries
          .filter((entry) => entry.isFile() && !entry.name.endsWith(UNFINISHED))
          .map((entry) => relative(directory, join(entry.parentPath, entry.name)).split(sep).join("/"))
          .filter((name) => name.startsWith(prefix))
          .sort();
      } catch (error) {
        if (isMissing(error)) return [];
        throw error;
      }
    },
    async remove(names) {
      for (const name of names) await rm(pathOf(name), { force: true });
    },
  };
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
}

/** A directory that can't be written is the user's to mend: the message names it. */
function unusable(path: string, error: unknown): InputError {
  return new InputError(`${path}: can't be written: ${error instanceof Error ? error.message : String(error)}`, {
    cause: error,
  });
}
