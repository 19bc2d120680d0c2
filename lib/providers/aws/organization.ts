import type { Account, OrganizationsClient } from "@aws-sdk/client-organizations";
import type { AwsOrganizationConfig } from "../../core/config/config.ts";

/**
 * The ids of an organization's active accounts. Called with the SDK's chain of credentials, which must be those of the
 * management account or of a delegated administrator. Throws what the SDK throws.
 * `Status`, which said the same as `State`, is not given any more since September 2026.
 * https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccounts.html
 */
export async function listOrganization(
  { fromOrganization, partition }: Pick<AwsOrganizationConfig, "fromOrganization" | "partition">,
  open: (region: string) => Promise<OrganizationsClient> = openClient,
): Promise<readonly string[]> {
  const client = await open(HOMES[partition]);
  const ids = new Set<string>();
  for await (const accounts of fromOrganization === "all"
    ? allAccounts(client)
    : accountsBelow(client, fromOrganization)) {
    for (const { Id, State } of accounts) if (Id !== undefined && State === "ACTIVE") ids.add(Id);
  }
  return [...ids];
}

/** Organizations has one endpoint in each partition: https://docs.aws.amazon.com/general/latest/gr/ao.html */
const HOMES: Readonly<Record<AwsOrganizationConfig["partition"], string>> = {
  aws: "us-east-1",
  "aws-cn": "cn-northwest-1",
  "aws-us-gov": "us-gov-west-1",
};

async function openClient(region: string): Promise<OrganizationsClient> {
  const { OrganizationsClient } = await import("@aws-sdk/client-organizations");
  return new OrganizationsClient({ region });
}

async function* allAccounts(client: OrganizationsClient): AsyncGenerator<readonly Account[]> {
  const { paginateListAccounts } = await import("@aws-sdk/client-organizations");
  for await (const { Accounts = [] } of paginateListAccounts({ client }, {})) yield Accounts;
}

/** Those of the units and of all units below them. */
async function* accountsBelow(
  client: OrganizationsClient,
  units: readonly string[],
): AsyncGenerator<readonly Account[]> {
  const sdk = await import("@aws-sdk/client-organizations");
  const waiting = [...units];
  const seen = new Set<string>();
  for (let unit = waiting.pop(); unit !== undefined; unit = waiting.pop()) {
    if (seen.has(unit)) continue;
    seen.add(unit);
    const input = { ParentId: unit };
    for await (const { Accounts = [] } of sdk.paginateListAccountsForParent({ client }, input)) yield Accounts;
    for await (const page of sdk.paginateListOrganizationalUnitsForParent({ client }, input)) {
      waiting.push(...(page.OrganizationalUnits ?? []).flatMap(({ Id }) => Id ?? []));
    }
  }
}
