import { writeFile } from "node:fs/promises";
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
