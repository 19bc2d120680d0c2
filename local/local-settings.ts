import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "../lib/core/config.ts";
import { parseConfig } from "../lib/core/config-schema.ts";
import { loadPolicies } from "../lib/core/policy/load.ts";
import { allContracts } from "../lib/providers/index.ts";

export interface LocalSettingsOptions {
  readonly folder: string;
  readonly policyFiles: readonly { readonly path: string; readonly text: string }[];
  /** The configuration that the emulator wrote of itself. */
  readonly emulatorConfig: unknown;
  readonly settleSeconds: number;
  /** Accounts in which nothing is written. */
  readonly reportAccounts: readonly string[];
}

/** Files that stand where a deployment would have put them. */
export interface LocalSettings {
  readonly policies: string;
  readonly config: string;
  readonly warnings: readonly string[];
}

/** Compiles the policies and checks the configuration, as a deployment does, and writes both for the functions. */
export function writeLocalSettings(options: LocalSettingsOptions): LocalSettings {
  const { folder, policyFiles, emulatorConfig, settleSeconds, reportAccounts } = options;
  const checked = parseConfig("emulator.json", JSON.stringify(emulatorConfig));
  const config: Config = {
    settleSeconds,
    accounts: checked.accounts.map((account) =>
      reportAccounts.includes(account.account) ? { ...account, mode: "report" } : account,
    ),
  };
  const hash = (text: string): string => createHash("sha256").update(text).digest("hex");
  const { compiled, warnings } = loadPolicies(policyFiles, { contracts: allContracts, hash });
  mkdirSync(folder, { recursive: true });
  const policiesPath = join(folder, "policies.json");
  const configPath = join(folder, "config.json");
  writeFileSync(policiesPath, JSON.stringify(compiled));
  // It holds the emulator's keys, which open nothing else; still, a file with keys is nobody else's to read.
  writeFileSync(configPath, JSON.stringify(config), { mode: 0o600 });
  return { policies: policiesPath, config: configPath, warnings };
}
