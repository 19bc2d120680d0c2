import type { ConfigFile } from "../../lib/core/config/config.ts";
import { parseConfigFile } from "../../lib/core/config/schema.ts";
import { InputError } from "../../lib/core/errors.ts";
import { loadPolicies } from "../../lib/core/policy/load/load.ts";
import { allContracts } from "../../lib/providers/index.ts";
import { createdTypes, knownTypes } from "../input/known-types.ts";
import { configuredTypes } from "../input/configured-types.ts";
import { inputName, readText, readWhole } from "../input/file.ts";
import { readPolicies } from "../input/policy.ts";
import { textHash } from "../input/text-hash.ts";
import type { Io } from "../io.ts";

export interface CheckOptions {
  readonly policy: string;
  readonly config?: string;
}

/**
 * Reads a configuration and checks it as far as it can be without a cloud: organizations are not listed. Throws
 * InputError with every problem.
 */
export async function checkConfig(path: string, io: Io): Promise<ConfigFile> {
  const name = inputName(path);
  return parseConfigFile(name, await readWhole(readText(path, io), name), await knownTypes());
}

/** Says what looks wrong and may be meant. */
export async function sayWarnings(warnings: readonly string[], io: Io): Promise<void> {
  for (const warning of warnings) await io.stderr.write(`tagwarden: warning: ${warning}\n`);
}

/**
 * Checks policies, and the configuration where one is named. Throws InputError with the problems of both, so that one run
 * tells all of them; what looks wrong and may be meant goes to stderr.
 */
export async function checkPolicies({ policy, config }: CheckOptions, io: Io): Promise<void> {
  const file: Attempt<ConfigFile> = config === undefined ? {} : await attempt(() => checkConfig(config, io));
  const checked = await attempt(async () => {
    const { value } = file;
    const accounts = value === undefined ? undefined : [...value.config.accounts, ...value.organizations];
    return loadPolicies(await readPolicies(policy, io), {
      contracts: allContracts,
      created: await createdTypes(),
      ...(accounts !== undefined && { configured: configuredTypes(accounts) }),
      hash: textHash,
    });
  });
  const problems = [file, checked].flatMap(({ problem }) => problem ?? []);
  if (problems.length > 0) throw new InputError(problems.join("\n"));
  await sayWarnings(
    [file, checked].flatMap(({ value }) => value?.warnings ?? []),
    io,
  );
}

interface Attempt<Value> {
  readonly value?: Value;
  readonly problem?: string;
}

async function attempt<Value>(work: () => Promise<Value>): Promise<Attempt<Value>> {
  try {
    return { value: await work() };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { problem: error.message };
  }
}
