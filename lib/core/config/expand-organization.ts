import { chunksOf } from "../chunks.ts";
import { InputError } from "../errors.ts";
import type {
  AccountConfig,
  Config,
  ConfigFile,
  HuaweiAccountConfig,
  HuaweiOrganizationConfig,
  OrganizationConfig,
} from "./config.ts";

/** What only the clouds know of an organization. */
export interface OrganizationLister {
  /** Its active accounts. */
  idsOf(organization: OrganizationConfig): Promise<readonly string[]>;
  /** Huawei Cloud's projects of an account, by region, without those that have none; or why the account can't be entered. */
  projectsOf(account: HuaweiAccountConfig): Promise<ProjectsFound>;
}

export type ProjectsFound = Pick<HuaweiAccountConfig, "projects"> | { readonly notEntered: string };

/**
 * The configuration with an entry for each account of its organizations. An account that has an entry of its own keeps
 * it, and one that two organizations' entries name gets the first one's.
 * Throws an InputError where a whole organization has no account.
 */
export async function expandOrganizations(
  { config, organizations }: Omit<ConfigFile, "warnings">,
  lister: OrganizationLister,
): Promise<Config> {
  const accounts = [...config.accounts];
  const known = new Set(accounts.map(({ provider, account }) => `${provider} ${account}`));
  for (const organization of organizations) {
    const ids = await lister.idsOf(organization);
    if (ids.length === 0 && organization.fromOrganization === "all") {
      // Nobody writes this for an organization without accounts, so the answer is wrong, and would leave all out in silence.
      throw new InputError("fromOrganization: all: the organization was listed without a single active account");
    }
    const isNew = (id: string) => !known.has(`${organization.provider} ${id}`) && !organization.exclude.includes(id);
    const added = await entriesFor(ids.toSorted().filter(isNew), organization, lister);
    for (const { provider, account } of added) known.add(`${provider} ${account}`);
    accounts.push(...added);
  }
  return { ...config, accounts };
}

/** As many accounts are entered side by side. */
const AT_ONCE = 8;

async function entriesFor(
  ids: readonly string[],
  organization: OrganizationConfig,
  lister: OrganizationLister,
): Promise<readonly AccountConfig[]> {
  const entries: AccountConfig[] = [];
  for (const chunk of chunksOf(ids, AT_ONCE)) {
    entries.push(...(await Promise.all(chunk.map((id) => entryFor(id, organization, lister)))));
  }
  return entries;
}

async function entryFor(
  id: string,
  organization: OrganizationConfig,
  lister: OrganizationLister,
): Promise<AccountConfig> {
  if (organization.provider === "huawei") return huaweiEntry(id, organization, lister);
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

/** The account of the key itself is entered by the key, and by no agency. */
async function huaweiEntry(
  id: string,
  organization: HuaweiOrganizationConfig,
  lister: OrganizationLister,
): Promise<HuaweiAccountConfig> {
  const { fromOrganization: _, agency, exclude: __, ...common } = organization;
  const agencyUrn = id === common.account ? {} : { assumeAgencyUrn: `iam::${id}:agency:${agency}` };
  const entry = { ...common, account: id, projects: {}, credentials: { ...common.credentials, ...agencyUrn } };
  const found = await lister.projectsOf(entry);
  if ("notEntered" in found) return { ...entry, ...found };
  const { projects } = found;
  const regions = common.regions.filter((region) => region === "global" || Object.hasOwn(projects, region));
  // What belongs to no region is there in any account.
  return { ...entry, projects, regions: regions.length === 0 ? ["global"] : regions };
}
