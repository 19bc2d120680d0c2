import type { Config, OrganizationConfig } from "../../lib/core/config/config.ts";
import { expandOrganizations } from "../../lib/core/config/expand-organization.ts";
import { parseConfigFile } from "../../lib/core/config/schema.ts";
import { InputError } from "../../lib/core/errors.ts";
import { listOrganization } from "../../lib/providers/aws/organization.ts";
import type { Io } from "../io.ts";
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
  return expandOrganizations(file, (organization) => idsOf(organization, name));
}

async function idsOf(organization: OrganizationConfig, name: string): Promise<readonly string[]> {
  try {
    return await listOrganization(organization);
  } catch (error) {
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    throw new InputError(
      `${name}: the accounts of the organization can't be listed: ${reason}. It takes organizations:ListAccounts, ListAccountsForParent and ListOrganizationalUnitsForParent in the management account or a delegated administrator's.`,
      { cause: error },
    );
  }
}
