import { InputError } from "../errors.ts";
import type { AccountConfig, Config, ConfigFile, OrganizationConfig } from "./config.ts";

/**
 * The configuration with an entry for each account of its organizations. `idsOf` gives their active accounts. An
 * account that has an entry of its own keeps it, and one that two organizations' entries name gets the first one's.
 * Throws an InputError where a whole organization has no account.
 */
export async function expandOrganizations(
  { config, organizations }: Omit<ConfigFile, "warnings">,
  idsOf: (organization: OrganizationConfig) => Promise<readonly string[]>,
): Promise<Config> {
  const accounts = [...config.accounts];
  const known = new Set(accounts.map(({ provider, account }) => `${provider} ${account}`));
  for (const organization of organizations) {
    const ids = await idsOf(organization);
    if (ids.length === 0 && organization.fromOrganization === "all") {
      // Nobody writes this for an organization without accounts, so the answer is wrong, and would leave all out in silence.
      throw new InputError("fromOrganization: all: the organization was listed without a single active account");
    }
    for (const id of ids.toSorted()) {
      const name = `${organization.provider} ${id}`;
      if (known.has(name) || organization.exclude.includes(id)) continue;
      known.add(name);
      accounts.push(entryFor(id, organization));
    }
  }
  return { ...config, accounts };
}

function entryFor(id: string, organization: OrganizationConfig): AccountConfig {
  if (organization.provider === "alibaba") {
    const { fromOrganization: _, role, exclude: __, credentials, ...common } = organization;
    return {
      ...common,
      account: id,
      credentials: { ...credentials, assumeRoleArn: `acs:ram::${id}:role/${role}` },
    };
  }
  const { fromOrganization: _, role, externalId, exclude: __, ...common } = organization;
  return {
    ...common,
    account: id,
    credentials: {
      roleArn: `arn:${organization.partition}:iam::${id}:role/${role}`,
      ...(externalId === undefined ? {} : { externalId }),
    },
  };
}
