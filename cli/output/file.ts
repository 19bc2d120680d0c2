import { open, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileError } from "../file-error.ts";
import { hasCode, makeFolders } from "./folders.ts";

/** Writes a file, and makes the folders that it is to lie in. Throws InputError where the path can't be written. */
export async function writeText(path: string, text: string): Promise<void> {
  try {
    await makeFolders(dirname(path));
    await writeFile(path, text);
  } catch (error) {
    throw fileError(path, error);
  }
}

type WriteAll = (out: { readonly write: (text: string) => Promise<void> }) => Promise<void>;

/**
 * Writes a file piece by piece, under another name until it is whole: what stood there before stays where writing fails. A
 * link stays one, and so does what is no regular file, such as a device or a pipe: that is written to as it is.
 * Throws InputError where the path can't be written.
 */
export async function writePieces(path: string, writeAll: WriteAll): Promise<void> {
  try {
    await makeFolders(dirname(path));
    const target = await targetOf(path);
    if (target.isOrdinary) await writeThenRename(target.path, writeAll);
    else await writeTo(target.path, writeAll);
  } catch (error) {
    throw fileError(path, error);
  }
}

/** Where a path leads, and whether what is there may be replaced. */
async function targetOf(path: string): Promise<{ readonly path: string; readonly isOrdinary: boolean }> {
  try {
    const target = await realpath(path);
    return { path: target, isOrdinary: (await stat(target)).isFile() };
  } catch (error) {
    if (hasCode(error, "ENOENT")) return { path, isOrdinary: true };
    throw error;
  }
}

async function writeThenRename(path: string, writeAll: WriteAll): Promise<void> {
  const unfinished = `${path}.unfinished`;
  try {
    await writeTo(unfinished, writeAll);
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true, recursive: false }).catch(() => undefined);
    throw error;
  }
}

async function writeTo(path: string, writeAll: WriteAll): Promise<void> {
  const file = await open(path, "w");
  try {
    await writeAll({ write: (text) => file.writeFile(text) });
  } finally {
    await file.close();
  }
}
