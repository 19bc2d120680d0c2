import { z } from "zod";
import { InputError } from "../errors.ts";
import { collectProblems, type Problems } from "../yaml/problems.ts";
import { checkShape } from "../yaml/shape-problem.ts";
import { readSource, type FileKind, type SourceNode } from "../yaml/source-tree.ts";
import { positionOf } from "../yaml/source-value.ts";
import type { KnownTypes } from "../slips/types.ts";
import { strict } from "../yaml/strict.ts";
import { accountShape, ENTRY_KEYS, organizationShape } from "./account.ts";
import { alertsShape, checkAlerts } from "./alerts.ts";
import type { AccountConfig, Config, ConfigFile, IngestConfig, OrganizationConfig } from "./config.ts";
import { checkIngest, ingestShape } from "./ingest.ts";
import { warnOfSlips } from "./warn-of-slips.ts";
import { cloudOf, WEBHOOK_SENDERS } from "./sender.ts";

const schema = strict({
  settleSeconds: z.int().min(0, "must not be negative").max(86_400, "must be at most a day (86400)").default(900),
  // Each entry is checked by itself, against the shape that it was meant for.
  accounts: z.array(z.unknown()).min(1, "must name at least one account"),
  ingest: ingestShape.exactOptional(),
  alerts: alertsShape.exactOptional(),
}).superRefine((config, context) => {
  for (const { keys, problem } of config.alerts === undefined ? [] : checkAlerts(config.alerts)) {
    context.addIssue({ code: "custom", path: ["alerts", ...keys], message: problem });
  }
  for (const { keys, problem } of checkIngest(config.ingest ?? {})) {
    context.addIssue({ code: "custom", path: ["ingest", ...keys], message: problem });
  }
});

interface Entries {
  readonly accounts: readonly AccountConfig[];
  readonly organizations: readonly OrganizationConfig[];
}

function checkEntries(entries: readonly unknown[], root: SourceNode, problems: Problems, known: KnownTypes): Entries {
  const accounts: AccountConfig[] = [];
  const organizations: OrganizationConfig[] = [];
  const seen = new Set<string>();
  for (const [index, entry] of entries.entries()) {
    const path = ["accounts", index];
    if (typeof entry === "object" && entry !== null && "fromOrganization" in entry) {
      const checked = checkShape(organizationShape, root, path, problems);
      if (checked === undefined) continue;
      warnOfSlips(checked.value, root, path, { known, problems });
      organizations.push(checked.value);
      continue;
    }
    const checked = checkShape(accountShape, root, path, problems);
    if (checked === undefined) continue;
    const { provider, account } = checked.value;
    const name = `${provider} ${account}`;
    if (seen.has(name)) {
      const where = positionOf(root, [...path, "account"]);
      problems.add(where, `accounts[${index}].account stands there twice for ${provider}; join the two entries`);
    }
    seen.add(name);
    warnOfSlips(checked.value, root, path, { known, problems });
    accounts.push(checked.value);
  }
  return { accounts, organizations };
}

/** What `accounts` of a sender names has to be configured; which accounts an organization has isn't known here. */
function checkSenders(
  ingest: IngestConfig,
  { accounts, organizations }: Entries,
  root: SourceNode,
  problems: Problems,
) {
  for (const sender of WEBHOOK_SENDERS) {
    const named = ingest[sender]?.accounts ?? [];
    const provider = cloudOf(sender);
    const known = accounts.filter((one) => provider === undefined || one.provider === provider);
    if (organizations.some((one) => provider === undefined || one.provider === provider)) continue;
    for (const [index, account] of named.entries()) {
      if (known.some((one) => one.account === account)) continue;
      const where = positionOf(root, ["ingest", sender, "accounts", index]);
      const whose = provider === undefined ? "" : ` of ${provider}`;
      problems.add(
        where,
        `ingest.${sender}.accounts[${index}] names no account${whose} that stands under \`accounts\``,
      );
    }
  }
}

const CONFIGURATION: FileKind = { name: "a configuration", start: "accounts:" };

/**
 * Reads a configuration file (YAML or JSON), checked and with its defaults filled in. Throws InputError that lists
 * every problem as `path:line:col: message`. Types are checked against those that are known.
 */
export function parseConfigFile(path: string, content: string, known: KnownTypes = { served: [] }): ConfigFile {
  const problems = collectProblems();
  const root = readSource(path, content, CONFIGURATION, problems);
  const checked = root === undefined ? undefined : checkShape(schema, root, [], problems, ENTRY_KEYS);
  const entries =
    root === undefined || checked === undefined
      ? undefined
      : checkEntries(checked.value.accounts, root, problems, known);
  if (root !== undefined && entries !== undefined) checkSenders(checked?.value.ingest ?? {}, entries, root, problems);
  problems.throwIfAny();
  if (checked === undefined || entries === undefined) throw new InputError(`${path}:1:1: the file can't be read`);
  const { accounts, organizations } = entries;
  return { config: { ...checked.value, accounts }, organizations, warnings: problems.warnings };
}

/** The same for a file that names its accounts one by one: anything else would leave accounts out in silence. */
export function parseConfig(path: string, content: string): Config {
  const { config, organizations } = parseConfigFile(path, content);
  if (organizations.length === 0) return config;
  throw new InputError(
    `${path}: fromOrganization is resolved by \`tagwarden config compile\`; here every account must have an entry`,
  );
}
