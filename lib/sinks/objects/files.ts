import type { Dirent } from "node:fs";
import { mkdir, readFile, readdir, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import type { ObjectStore } from "../../app/ports/objects.ts";
import { InputError, messageOf } from "../../core/errors.ts";
import { checkObjectName } from "./name.ts";

/** A write under way: never listed, and left behind only by a crash. */
const UNFINISHED = ".unfinished";
const MOST_REPETITIONS = 20;
const UNFINISHED_NAME = /\.\d+-\d+\.unfinished$/u;

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
      const write = async (triesLeft: number): Promise<void> => {
        try {
          if (triesLeft < MOST_REPETITIONS) await mkdir(dirname(path), { recursive: true });
          await writeFile(unfinished, body);
          await rename(unfinished, path);
        } catch (error) {
          // Mostly the folder is there; one that a removal has just left empty may be gone between two of these steps.
          if (!isMissing(error) || triesLeft === 0) throw error;
          await write(triesLeft - 1);
        }
      };
      try {
        await write(MOST_REPETITIONS);
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
      return (await filesIn(join(directory, folder)))
        .filter((entry) => !entry.name.endsWith(UNFINISHED))
        .map((entry) => relative(directory, join(entry.parentPath, entry.name)).split(sep).join("/"))
        .filter((name) => name.startsWith(prefix))
        .sort();
    },
    async remove(names) {
      const emptied = new Set<string>();
      for (const name of names) {
        await rm(pathOf(name), { force: true });
        emptied.add(dirname(name));
      }
      for (const folder of emptied) await removeEmpty(folder, directory);
    },
  };
}

/** Removes what killed processes have left half written in these folders of `directory`. Nobody else may write there. */
export async function removeUnfinished(directory: string, folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    const entries = await filesIn(join(directory, folder));
    const left = entries.filter(({ name }) => UNFINISHED_NAME.test(name));
    for (const { parentPath, name } of left) await rm(join(parentPath, name), { force: true });
  }
}

/** All files below a folder; none where there is no such folder. */
async function filesIn(folder: string): Promise<readonly Dirent[]> {
  try {
    return (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** Folders that a run has of its own, e.g. `work/run=…/shard=…`, are not left behind empty. */
async function removeEmpty(folder: string, directory: string): Promise<void> {
  for (let left = folder; /(?:^|\/)(?:run|shard)=[^/]+$/u.test(left); left = dirname(left)) {
    try {
      await rmdir(join(directory, left));
    } catch {
      // Something is in it, or it is gone already.
      return;
    }
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
}

/** A directory that can't be written is the user's to see to: the message names it. */
function unusable(path: string, error: unknown): InputError {
  return new InputError(`${path}: can't be written: ${messageOf(error)}`, {
    cause: error,
  });
}
