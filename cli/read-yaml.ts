import { readYaml } from "../lib/core/yaml-source.ts";
import { inputName, readText, readWhole } from "./input-file.ts";
import type { Io } from "./io.ts";

/** The value of a YAML or JSON file. Throws InputError with line and column where its syntax is wrong. */
export async function readYamlFile(path: string, io: Io): Promise<unknown> {
  const name = inputName(path);
  return readYaml(name, await readWhole(readText(path, io), name)).value;
}
