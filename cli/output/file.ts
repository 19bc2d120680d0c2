import { open, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileError } from "../file-error.ts";
import { makeFolders } from "./folders.ts";

/** Writes a file, and makes the folders that it is to lie in. Throws InputError where the path can't be written. */
export async function writeText(path: string, text: string): Promise<void> {
  try {
    await makeFolders(dirname(path));
    await writeFile(path, text);
  } catch (error) {
    throw fileError(path, error);
  }
}

/**
 * Writes a file piece by piece, under another name until it is whole: what stood there before stays where writing fails.
 * Throws InputError where the path can't be written.
 */
export async function writePieces(
  path: string,
  writeAll: (out: { readonly write: (text: string) => Promise<void> }) => Promise<void>,
): Promise<void> {
  const unfinished = `${path}.unfinished`;
  try {
    await makeFolders(dirname(path));
    const file = await open(unfinished, "w");
    try {
      await writeAll({ write: (text) => file.writeFile(text) });
    } finally {
      await file.close();
    }
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true, recursive: false }).catch(() => undefined);
    throw fileError(path, error);
  }
}
