import { systemClock } from "../../lib/app/ports/system-clock.ts";
import type { Config, HuaweiAccountConfig, OrganizationConfig } from "../../lib/core/config/config.ts";
import { expandOrganizations, type ProjectsFound } from "../../lib/core/config/expand-organization.ts";
import { parseConfigFile } from "../../lib/core/config/schema.ts";
import { InputError, ProviderError } from "../../lib/core/errors.ts";
import { listDirectory } from "../../lib/providers/alibaba/organization.ts";
import { listOrganization } from "../../lib/providers/aws/organization.ts";
import type { ClientDeps } from "../../lib/providers/client-deps.ts";
import { findProjects, listOrganizationAccounts } from "../../lib/providers/huawei/organization.ts";
import { plainText, type Io } from "../io.ts";
import { credentialResolver } from "./credentials.ts";
import { knownTypes } from "./known-types.ts";
import { inputName, readText, readWhole } from "./file.ts";

/**
 * Reads and checks a configuration file, and lists the accounts of the organizations that it names. Throws InputError
 * that lists every problem with its place, or says why an organization can't be listed.
 */
export async function loadConfig(path: string, io: Io): Promise<Config> {
  const name = inputName(path);
  const file = parseConfigFile(name, await readWhole(readText(path, io), name), await knownTypes());
  for (const warning of file.warnings) await io.stderr.write(`tagwarden: warning: ${warning}\n`);
  const deps = { credential: credentialResolver(path, io), clock: systemClock };
  return expandOrganizations(file, {
    async idsOf(organization) {
      try {
        return await accountsOf(organization, deps);
      } catch (error) {
        throw cantBeListed(error, organization, name);
      }
    },
    async projectsOf(account) {
      try {
        const found = await findProjects(account, deps);
        for (const note of notesOn(account, found))
          await io.stderr.write(`tagwarden: warning: ${plainText(`${name}: ${note}`)}\n`);
        return found;
      } catch (error) {
        const reason = errorReason(error);
        const message = `${name}: the projects of account ${account.account} can't be looked up: ${reason}. Try again.`;
        throw new InputError(message, { cause: error });
      }
    },
  });
}

function accountsOf(organization: OrganizationConfig, deps: ClientDeps): Promise<readonly string[]> {
  if (organization.provider === "alibaba") return listDirectory(organization, deps);
  if (organization.provider === "huawei") return listOrganizationAccounts(organization, deps);
  return listOrganization(organization);
}

/** What a member lacks, so that nobody takes it for covered. */
function notesOn({ account, regions }: HuaweiAccountConfig, found: ProjectsFound): readonly string[] {
  if ("notEntered" in found) return [`account ${account} can't be entered, and is not covered: ${found.notEntered}`];
  const without = regions.filter((region) => region !== "global" && !Object.hasOwn(found.projects, region));
  if (without.length === 0) return [];
  return [`account ${account} has no project in ${without.join(", ")}, so that nothing is looked for there`];
}

const TAKES: Readonly<Record<OrganizationConfig["provider"], string>> = {
  aws: "organizations:ListAccounts, ListAccountsForParent and ListOrganizationalUnitsForParent",
  alibaba: "resourcemanager:ListAccounts",
  huawei: "organizations:accounts:list and, for units, organizations:ous:list",
};

function cantBeListed(error: unknown, { provider }: OrganizationConfig, name: string): InputError {
  const reason = errorReason(error);
  return new InputError(
    `${name}: the accounts of the organization can't be listed: ${reason}. It takes ${TAKES[provider]} in the management account or a delegated administrator's.`,
    { cause: error },
  );
}

/** Our own errors begin with the code of who refused; an SDK's have it for a name. */
function errorReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error instanceof ProviderError ? error.message : `${error.name}: ${error.message}`;
}
