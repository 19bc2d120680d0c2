import type { Config } from "../lib/core/config.ts";
import { parseConfig } from "../lib/core/config-schema.ts";
import { inputName, readText, readWhole } from "./input-file.ts";
import type { Io } from "./io.ts";

/** Reads and checks a configuration file. Throws InputError that lists every problem with its place. */
export async function loadConfig(path: string, io: Io): Promise<Config> {
  const name = inputName(path);
  return parseConfig(name, await readWhole(readText(path, io), name));
}
