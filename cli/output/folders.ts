import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Makes a folder and those that it is to lie in, where they aren't there. Rejects with the file system's error. Node's
 * own `recursive` never ends where a file system takes no folders but says that one is missing, as /proc does.
 */
export async function makeFolders(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if (hasCode(error, "EEXIST") && (await stat(path)).isDirectory()) return;
    if (!hasCode(error, "ENOENT") || dirname(path) === path) throw error;
    await makeFolders(dirname(path));
    await mkdir(path).catch((made: unknown) => {
      // Another one was faster.
      if (!hasCode(made, "EEXIST")) throw made;
    });
  }
}

export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
