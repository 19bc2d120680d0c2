import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { partitionOfRegion } from "../../lib/core/aws-arn.ts";
import type { Config } from "../../lib/core/config/config.ts";
import { parseConfig } from "../../lib/core/config/schema.ts";
import { loadPolicies } from "../../lib/core/policy/load/load.ts";
import { allContracts } from "../../lib/providers/index.ts";
import type { UsedRegions } from "./cloud.ts";

export interface LocalSettingsOptions {
  readonly folder: string;
  readonly policyFiles: readonly { readonly path: string; readonly text: string }[];
  /** The configuration that the emulator wrote of itself. */
  readonly emulatorConfig: unknown;
  /** The regions that each account is configured for; absent = all that the emulator serves. */
  readonly regions?: UsedRegions;
  readonly settleSeconds: number;
  /** Accounts in which nothing is written. */
  readonly reportAccounts: readonly string[];
  /** More of a configuration file, such as `ingest` and `alerts`. */
  readonly more?: Readonly<Record<string, unknown>>;
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
  const document = { ...narrowed(emulatorConfig, options.regions), ...options.more };
  const checked = parseConfig("emulator.json", JSON.stringify(document));
  const config: Config = {
    ...checked,
    settleSeconds,
    accounts: checked.accounts.map((account) => ({
      ...account,
      mode: reportAccounts.includes(account.account) ? "report" : account.mode,
    })),
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

/**
 * The `types` of accounts, where more is tagged than a configuration without them has: all of Alibaba Cloud's Tag service and
 * of Huawei Cloud's TMS.
 */
export const LOCAL_TYPES: Readonly<Record<string, readonly string[]>> = {
  alibaba: ["alibaba:*"],
  huawei: ["huawei:*"],
};

interface EmulatedAccount {
  readonly provider: string;
  readonly account: string;
  readonly regions: readonly string[];
  readonly endpoints: Readonly<Record<string, string>>;
}

/** The emulator serves every account in every region; a configuration names those that the account is in. */
function narrowed(emulatorConfig: unknown, regions: UsedRegions | undefined): object {
  if (regions === undefined) return emulatorConfig as object;
  const { accounts, ...rest } = emulatorConfig as { readonly accounts: readonly EmulatedAccount[] };
  return {
    ...rest,
    accounts: accounts.map((account) => {
      const used = regions.get(`${account.provider}:${account.account}`) ?? [];
      const [first = account.regions[0] ?? ""] = used;
      const partition = partitionOfRegion(first);
      const own = account.provider === "aws" ? used.filter((region) => partitionOfRegion(region) === partition) : used;
      const kept = own.length > 0 ? own : [first];
      return {
        ...account,
        regions: kept,
        endpoints: Object.fromEntries(kept.map((region) => [region, account.endpoints[region]])),
        // So that the audits before and after judge the same resources: without it AWS lists none that never had a tag.
        ...(account.provider === "aws" ? { partition, inventory: "config" } : {}),
        ...(Object.hasOwn(LOCAL_TYPES, account.provider) && { types: LOCAL_TYPES[account.provider] }),
      };
    }),
  };
}
