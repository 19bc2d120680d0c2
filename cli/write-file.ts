import { writeFile } from "node:fs/promises";
import { fileError } from "./input-file.ts";

/** Writes a file. Throws InputError where the path can't be written. */
export async function writeText(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (error) {
    throw fileError(path, error);
  }
}
