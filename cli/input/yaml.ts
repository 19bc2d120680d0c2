import { collectProblems } from "../../lib/core/yaml/problems.ts";
import { readSource, type FileKind } from "../../lib/core/yaml/source-tree.ts";
import { plainValue } from "../../lib/core/yaml/source-value.ts";
import type { Io } from "../io.ts";
import { inputName, readText, readWhole } from "./file.ts";

/** The value of a YAML or JSON file. Throws InputError with line and column where its syntax is wrong. */
export async function readYamlFile(path: string, kind: FileKind, io: Io): Promise<unknown> {
  const name = inputName(path);
  const problems = collectProblems();
  const root = readSource(name, await readWhole(readText(path, io), name), kind, problems);
  problems.throwIfAny();
  return root === undefined ? undefined : plainValue(root);
}
