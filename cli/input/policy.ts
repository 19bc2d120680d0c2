import type { Config } from "../../lib/core/config/config.ts";
import type { CompiledPolicies } from "../../lib/core/policy/compiled.ts";
import { loadPolicies, type LoadedPolicies } from "../../lib/core/policy/load/load.ts";
import { allContracts } from "../../lib/providers/index.ts";
import type { Io } from "../io.ts";
import { createdTypes } from "./known-types.ts";
import { configuredTypes } from "./configured-types.ts";
import { inputName, readText, readWhole } from "./file.ts";
import { filesAt } from "./files-at.ts";
import { textHash } from "./text-hash.ts";

export interface PolicyFile {
  readonly path: string;
  readonly text: string;
}

/** A folder's cases, with which its policies are tested, stand beside them and are none. */
const POLICY_FILE = /(?<!\.policy-test)\.(?:ya?ml|json)$/;

/** The policy files at a path: the file itself, or a folder's, in the bytewise order of their paths. */
export async function readPolicies(path: string, io: Io): Promise<readonly PolicyFile[]> {
  const files: PolicyFile[] = [];
  for (const file of await filesAt(path, POLICY_FILE, ".yaml, .yml or .json")) {
    const name = inputName(file);
    files.push({ path: name, text: await readWhole(readText(file, io), name) });
  }
  return files;
}

/** Loads, checks and compiles policies. Throws InputError that lists every problem. */
export async function openPolicyFiles(path: string, config: Config | undefined, io: Io): Promise<LoadedPolicies> {
  return loadPolicies(await readPolicies(path, io), {
    contracts: allContracts,
    created: await createdTypes(),
    ...(config === undefined ? {} : { configured: configuredTypes(config.accounts) }),
    hash: textHash,
  });
}

/** The same, compiled; warnings go to stderr. */
export async function loadPolicy(path: string, config: Config | undefined, io: Io): Promise<CompiledPolicies> {
  const { compiled, warnings } = await openPolicyFiles(path, config, io);
  for (const warning of warnings) await io.stderr.write(`tagwarden: warning: ${warning}\n`);
  return compiled;
}
