import { shown } from "../shown.ts";
import { globSlip } from "../slips/globs.ts";
import { accountSlip, regionSlip } from "../slips/places.ts";
import { nameSlip } from "../slips/names.ts";
import { typeSlip, type KnownTypes } from "../slips/types.ts";
import type { Problems } from "../yaml/problems.ts";
import type { SourceNode } from "../yaml/source-tree.ts";
import { positionOf, type Path } from "../yaml/source-value.ts";
import type { AccountConfig, HuaweiOrganizationConfig, OrganizationConfig } from "./config.ts";
import { isLoopback } from "./rules.ts";

/** Warns of names in an entry that can't be: its regions, its account, its types, and the account of its role. */
export function warnOfSlips(
  entry: AccountConfig | OrganizationConfig,
  root: SourceNode,
  path: Path,
  { known, problems }: { readonly known: KnownTypes; readonly problems: Problems },
): void {
  const warn = (keys: Path, slip: string | undefined): void => {
    if (slip !== undefined) problems.warn(positionOf(root, [...path, ...keys]), slip, "slip");
  };
  for (const [index, region] of entry.regions.entries()) {
    if (!isLocal(entry, region)) warn(["regions", index], regionSlip(region, entry.provider));
  }
  for (const [index, type] of (entry.types ?? []).entries())
    warn(["types", index], globSlip(type) ?? nameSlip(type) ?? typeSlip(type, known));
  if (!("account" in entry)) return;
  const ofAws = entry.provider === "aws";
  const slip =
    ofAws || !entry.regions.every((region) => isLocal(entry, region))
      ? (nameSlip(entry.account) ?? accountSlip(entry.account, entry.provider))
      : undefined;
  if (slip === undefined) warn(["credentials", "roleArn"], roleSlip(entry));
  else warn(["account"], slip);
}

/** A cloud on this machine calls its regions as it likes, and its accounts, as far as they stand in no ARN. */
function isLocal({ endpoints }: AccountConfig | OrganizationConfig, region: string): boolean {
  const endpoint = endpoints?.[region] ?? endpoints?.["*"];
  return endpoint !== undefined && isLoopback(endpoint);
}

/** On Alibaba Cloud this is an error: there the role is all that says whose resources are tagged. */
function roleSlip(entry: AccountConfig | HuaweiOrganizationConfig): string | undefined {
  if (entry.provider !== "aws" || entry.credentials === undefined || !("roleArn" in entry.credentials))
    return undefined;
  const { account, partition, credentials } = entry;
  const [, ofPartition, owner] = /^arn:([^:]*):iam::([^:]*):role\/./.exec(credentials.roleArn) ?? [];
  if (owner === undefined) {
    return `${shown(credentials.roleArn)} is no ARN of a role: write arn:${partition}:iam::${account}:role/NAME`;
  }
  if (owner !== account) return `the role is of the account ${owner}, and this entry is for ${account}`;
  if (ofPartition === partition) return undefined;
  return `the role is of the partition ${ofPartition}, and this entry is for ${partition}`;
}
