import type { HuaweiAccountConfig, HuaweiOrganizationConfig } from "../../core/config/config.ts";
import type { ProjectsFound } from "../../core/config/expand-organization.ts";
import { ProviderError } from "../../core/errors.ts";
import { asObject, type JsonObject } from "../../core/json.ts";
import type { ClientDeps } from "../client-deps.ts";
import { asArray, asText } from "../json.ts";
import { huaweiClient, type HuaweiCall, type HuaweiClient } from "./client.ts";
import { huaweiCredentials } from "./credentials.ts";
import { unexpectedShape } from "./listing.ts";

const ROWS_PER_PAGE = 200;
const ATTEMPTS = 5;

/**
 * The ids of an organization's accounts, listed with the entry's own key, which must be that of the management account or
 * of a delegated administrator. Those that are suspended or being closed are left out.
 * Throws ProviderError where they can't be listed to the end.
 * @see https://support.huaweicloud.com/intl/en-us/api-organizations/ListAccounts.html
 */
export async function listOrganizationAccounts(
  organization: HuaweiOrganizationConfig,
  deps: ClientDeps,
): Promise<readonly string[]> {
  const { fromOrganization, exclude: _, agency: __, ...common } = organization;
  const client = clientOf({ ...common, projects: {} }, deps);
  const parents = fromOrganization === "all" ? [undefined] : await withUnitsBelow(fromOrganization, client, deps);
  const ids = new Set<string>();
  for (const parent of parents) {
    const listing = { action: "ListAccounts", path: "/v1/organizations/accounts", rows: "accounts", parent };
    for await (const row of eachRow(listing, client, deps)) {
      if (isActive(row)) ids.add(row.id);
    }
  }
  return [...ids];
}

const clientOf = (account: HuaweiAccountConfig, deps: ClientDeps): HuaweiClient =>
  huaweiClient(account, huaweiCredentials(account, deps), deps);

/**
 * These units and all that are below them: a listing of accounts has those that lie in a unit itself.
 * @see https://support.huaweicloud.com/intl/en-us/api-organizations/ListOrganizationalUnits.html
 */
async function withUnitsBelow(
  units: readonly string[],
  client: HuaweiClient,
  deps: ClientDeps,
): Promise<readonly string[]> {
  const found = new Set(units);
  // A set goes on to what is added while it is gone through.
  for (const parent of found) {
    const path = "/v1/organizations/organizational-units";
    const listing = { action: "ListOrganizationalUnits", path, rows: "organizational_units", parent };
    for await (const { id } of eachRow(listing, client, deps)) found.add(id);
  }
  return [...found];
}

/** What is in a state that nobody knows is taken to be there: one that can't be entered is named, one left out is not. */
const isActive = ({ row }: Row): boolean => !/^(?:suspended|pending_closure)$/.test(asText(row["status"]) ?? "");

interface Listing {
  readonly action: string;
  readonly path: string;
  /** The field of an answer that has them. */
  readonly rows: string;
  readonly parent: string | undefined;
}

interface Row {
  readonly id: string;
  readonly row: JsonObject;
}

/** The rows of all pages of a listing of Organizations, which ends where no marker follows. */
async function* eachRow(
  { action, path, rows: field, parent }: Listing,
  client: HuaweiClient,
  deps: ClientDeps,
): AsyncGenerator<Row> {
  const seen = new Set<string>();
  let marker: string | undefined;
  do {
    const query = {
      limit: String(ROWS_PER_PAGE),
      ...(parent !== undefined && { parent_id: parent }),
      ...(marker !== undefined && { marker }),
    };
    const { body, requestId } = await again(client, { service: "organizations", action, path, query }, deps);
    const rows = asArray(body[field]);
    if (rows === undefined) throw unexpectedShape(action, requestId);
    for (const one of rows) {
      const row = asObject(one) ?? {};
      const id = asText(row["id"]);
      if (id === undefined) throw unexpectedShape(action, requestId);
      yield { id, row };
    }
    const next = asText(asObject(body["page_info"])?.["next_marker"]);
    marker = next === "" ? undefined : next;
    if (marker !== undefined && seen.has(marker)) throw repeating(action, requestId);
    if (marker !== undefined) seen.add(marker);
  } while (marker !== undefined);
}

function repeating(action: string, requestId: string): ProviderError {
  const message = `${action} answered with a page that was there before, and has no end`;
  return new ProviderError({ code: "UnexpectedResponse", kind: "unknown", message, httpStatus: 200, requestId });
}

/**
 * The projects of an account in its regions: the one that is called like the region comes first, then those inside of it,
 * `REGION_NAME`; or why the account can't be entered. Throws ProviderError where that may pass.
 * @see https://support.huaweicloud.com/intl/en-us/api-iam/iam_06_0001.html
 */
export async function findProjects(account: HuaweiAccountConfig, deps: ClientDeps): Promise<ProjectsFound> {
  const action = "KeystoneListProjects";
  try {
    const call = { service: "iam", action, path: "/v3/projects", query: {} } as const;
    const { body, requestId } = await again(clientOf(account, deps), call, deps);
    const rows = asArray(body["projects"]);
    if (rows === undefined) throw unexpectedShape(action, requestId);
    const all = rows.map((row) => ({ id: asText(asObject(row)?.["id"]), name: asText(asObject(row)?.["name"]) ?? "" }));
    const projects = account.regions.flatMap((region) => {
      const own = all.filter(({ name }) => name === region);
      const inside = all.filter(({ name }) => name.startsWith(`${region}_`));
      const ids = [...own, ...inside].flatMap(({ id }) => id ?? []);
      const [only, ...others] = ids;
      return only === undefined ? [] : [[region, others.length === 0 ? only : ids] as const];
    });
    return { projects: Object.fromEntries(projects) };
  } catch (error) {
    if (error instanceof ProviderError && error.kind === "access") return { notEntered: error.message };
    throw error;
  }
}

type Reading = Pick<HuaweiCall, "service" | "action" | "path" | "query">;

/** One call that reads what belongs to no region, made again where the service is busy. */
async function again(client: HuaweiClient, call: Reading, { clock }: ClientDeps): ReturnType<HuaweiClient> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await client({ ...call, method: "GET", region: "global", write: false, resourceIds: [] });
    } catch (error) {
      if (attempt === ATTEMPTS || !(error instanceof ProviderError) || !error.retryable) throw error;
      await clock.sleep(error.retryAfterMs ?? 500 * 2 ** attempt);
    }
  }
}
