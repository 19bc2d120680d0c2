import type { AlibabaOrganizationConfig } from "../../core/config/config.ts";
import { ProviderError } from "../../core/errors.ts";
import { asObject, type JsonObject } from "../../core/json.ts";
import type { ClientDeps } from "../client-deps.ts";
import { asArray, asText } from "../json.ts";
import { alibabaClient, type AlibabaClient } from "./client.ts";
import { alibabaCredentials } from "./credentials.ts";
import { nextTokenOf, unexpectedShape } from "./listing.ts";

/**
 * The ids of the members of a resource directory, listed with the entry's own credentials, which must be those of the
 * management account or of a delegated administrator. The management account itself is no member.
 * Throws ProviderError where they can't be listed to the end.
 * @see https://www.alibabacloud.com/help/en/resource-management/resource-directory/developer-reference/api-resourcedirectorymaster-2022-04-19-listaccounts
 */
export async function listDirectory(
  organization: AlibabaOrganizationConfig,
  deps: ClientDeps,
): Promise<readonly string[]> {
  const { fromOrganization, exclude: _, role: __, ...common } = organization;
  const account = { ...common, account: "of the resource directory" };
  const client = alibabaClient(account, alibabaCredentials(account, deps), deps);
  const ids = new Set<string>();
  const seen = new Set<string>();
  let token: string | undefined;
  do {
    const answer = await page(client, token, deps);
    const members = asArray(asObject(answer["Accounts"])?.["Account"]);
    if (members === undefined) throw unexpectedShape(ACTION, "Accounts.Account", answer);
    for (const member of members) {
      const row = asObject(member) ?? {};
      const id = asText(row["AccountId"]);
      if (id === undefined) throw unexpectedShape(ACTION, "the AccountId of a member", answer);
      if (exists(row) && (fromOrganization === "all" || isBelow(fromOrganization, row, answer))) ids.add(id);
    }
    token = nextTokenOf(answer).nextToken;
    if (token !== undefined && seen.has(token)) throw unexpectedShape(ACTION, "an end: a page repeats", answer);
    if (token !== undefined) seen.add(token);
  } while (token !== undefined);
  return [...ids];
}

const ACTION = "ListAccounts";
const PAGE_SIZE = 100;
const ATTEMPTS = 5;

/** One page, asked for again where the directory is busy. */
async function page(client: AlibabaClient, token: string | undefined, { clock }: ClientDeps): Promise<JsonObject> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await client({
        service: "resourcedirectory",
        version: "2022-04-19",
        action: ACTION,
        region: "global",
        parameters: { MaxResults: String(PAGE_SIZE), ...(token !== undefined && { NextToken: token }) },
        write: false,
        resourceIds: [],
      });
    } catch (error) {
      if (attempt === ATTEMPTS || !(error instanceof ProviderError) || !error.retryable) throw error;
      await clock.sleep(error.retryAfterMs ?? 500 * 2 ** attempt);
    }
  }
}

/**
 * Whether there is such an account: not one that is yet to be created or to accept its invitation, or never did. States
 * that are not known are taken for accounts that are there: one that can't be entered is named, one left out is not.
 */
const exists = (member: JsonObject): boolean => !/^(?:Create|Invite)(?!Success$)/.test(asText(member["Status"]) ?? "");

/** `ResourceDirectoryPath` has the folders from the root down to the member, with `/` between. */
function isBelow(folders: readonly string[], member: JsonObject, answer: JsonObject): boolean {
  const path = asText(member["ResourceDirectoryPath"]);
  if (path === undefined) throw unexpectedShape(ACTION, "the ResourceDirectoryPath of a member", answer);
  const names = new Set([...path.split("/"), asText(member["FolderId"])]);
  return folders.some((folder) => names.has(folder));
}
