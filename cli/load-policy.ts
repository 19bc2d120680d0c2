import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Config } from "../lib/core/config.ts";
import { InputError } from "../lib/core/errors.ts";
import type { CompiledPolicies } from "../lib/core/policy/compiled.ts";
import { loadPolicies } from "../lib/core/policy/load.ts";
import { allContracts } from "../lib/providers/index.ts";
import { configuredTypes } from "./configured-types.ts";
import { fileError, inputName, readText, readWhole } from "./input-file.ts";
import type { Io } from "./io.ts";
import { textHash } from "./text-hash.ts";

interface PolicyFile {
  readonly path: string;
  readonly text: string;
}

const POLICY_FILE = /\.(?:ya?ml|json)$/;

async function pathsOf(path: string): Promise<readonly string[]> {
  if (path === "-") return [path];
  try {
    if (!(await stat(path)).isDirectory()) return [path];
    const entries = await readdir(path, { withFileTypes: true, recursive: true });
    const files = entries.filter((entry) => entry.isFile() && POLICY_FILE.test(entry.name));
    if (files.length === 0)
      throw new InputError(`${path}: holds no .yaml, .yml or .json file; name a folder of policies`);
    const paths = files.map((entry) => join(entry.parentPath, entry.name));
    return paths.sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
  } catch (error) {
    throw fileError(path, error);
  }
}

/** The policy files at a path: the file itself, or a folder's, in the bytewise order of their paths. */
async function readPolicies(path: string, io: Io): Promise<readonly PolicyFile[]> {
  const files: PolicyFile[] = [];
  for (const file of await pathsOf(path)) {
    const name = inputName(file);
    files.push({ path: name, text: await readWhole(readText(file, io), name) });
  }
  return files;
}

/** Loads, checks and compiles policies; warnings go to stderr. Throws InputError that lists every problem. */
export async function loadPolicy(path: string, config: Config | undefined, io: Io): Promise<CompiledPolicies> {
  const { compiled, warnings } = loadPolicies(await readPolicies(path, io), {
    contracts: allContracts,
    ...(config === undefined ? {} : { configured: configuredTypes(config) }),
    hash: textHash,
  });
  for (const warning of warnings) await io.stderr.write(`tagwarden: warning: ${warning}\n`);
  return compiled;
}
