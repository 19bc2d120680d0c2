import { systemClock } from "../../lib/app/ports/system-clock.ts";
import type { Config, OrganizationConfig } from "../../lib/core/config/config.ts";
import { expandOrganizations } from "../../lib/core/config/expand-organization.ts";
import { parseConfigFile } from "../../lib/core/config/schema.ts";
import { InputError, ProviderError } from "../../lib/core/errors.ts";
import { listDirectory } from "../../lib/providers/alibaba/organization.ts";
import { listOrganization } from "../../lib/providers/aws/organization.ts";
import type { Io } from "../io.ts";
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
  const credential = credentialResolver(path, io);
  return expandOrganizations(file, async (organization) => {
    try {
      return await (organization.provider === "alibaba"
        ? listDirectory(organization, { credential, clock: systemClock })
        : listOrganization(organization));
    } catch (error) {
      throw cantBeListed(error, organization, name);
    }
  });
}

const TAKES: Readonly<Record<OrganizationConfig["provider"], string>> = {
  aws: "organizations:ListAccounts, ListAccountsForParent and ListOrganizationalUnitsForParent",
  alibaba: "resourcemanager:ListAccounts",
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
