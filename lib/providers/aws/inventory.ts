import type { InventoryPage } from "../../app/ports/provider.ts";
import { parseArn, typeOfArn } from "../../core/aws-arn.ts";
import type { AwsAccountConfig } from "../../core/config/config.ts";
import type { InventoryContract, TypeContract } from "../../core/contract.ts";
import { ProviderError } from "../../core/errors.ts";
import { asObject, type JsonObject } from "../../core/json.ts";
import { asArray, asText, parseObject } from "../json.ts";

/** Where an account's inventory comes from, if from anywhere. */
export type InventorySource = Exclude<AwsAccountConfig["inventory"], "none">;

/**
 * What both services share: one query for all types, and ARNs in its rows. Neither documents how many calls it takes;
 * docs/providers/aws.md says what is assumed.
 *
 * AWS Config's ListDiscoveredResources would need a call for each of its hundreds of types and gives no ARNs, and
 * Resource Explorer's Search ends after 1,000 results.
 */
const CONTRACTS: Readonly<Record<InventorySource, InventoryContract>> = {
  /** @see https://docs.aws.amazon.com/config/latest/APIReference/API_SelectResourceConfig.html */
  config: {
    action: "aws:config:SelectResourceConfig",
    callsPerSecond: 4,
    pageSize: 100,
    inlineTags: false,
    emptyMayMean: "AWS Config doesn't record there",
  },
  /** @see https://docs.aws.amazon.com/resource-explorer/latest/apireference/API_ListResources.html */
  "resource-explorer": {
    action: "aws:resource-explorer-2:ListResources",
    callsPerSecond: 4,
    pageSize: 1000,
    inlineTags: false,
    emptyMayMean: "Resource Explorer has no index there yet, or its default view leaves everything out",
  },
};

/** The tagging API's contract with the account's inventory beside those of single types. */
export function withInventory(contract: TypeContract, inventory: AwsAccountConfig["inventory"]): TypeContract {
  return inventory === "none"
    ? contract
    : { ...contract, inventory: { ...contract.inventory, "aws:*:*": CONTRACTS[inventory] } };
}

/** The body of one request. `region` = `global` for what has none. */
export function inventoryRequest(source: InventorySource, region: string, token: string | undefined): JsonObject {
  const page = token === undefined ? {} : { NextToken: token };
  if (source === "config") {
    const Expression = `SELECT arn, resourceType WHERE awsRegion = '${region}'`;
    return { Expression, Limit: CONTRACTS.config.pageSize, ...page };
  }
  const Filters = { FilterString: `region:${region}` };
  return { Filters, MaxResults: CONTRACTS["resource-explorer"].pageSize, ...page };
}

export interface InventoryAnswer {
  readonly body: JsonObject;
  readonly requestId: string;
}

/** Rows that are no resources of anybody's: what Config thinks of others. */
const CONFIGS_OWN = /^AWS::Config::(ResourceCompliance|ConformancePackCompliance)$/;

/** The resources of one page. Throws ProviderError for another shape than documented. */
export function inventoryPage(
  source: InventorySource,
  account: string,
  { body, requestId }: InventoryAnswer,
): Pick<InventoryPage, "resources" | "rowCount"> & { readonly token: string } {
  const rows = asArray(body[source === "config" ? "Results" : "Resources"]);
  const arns = rows?.map((row) => (source === "config" ? configuredArn(row) : indexedArn(row, account)));
  if (arns === undefined || arns.includes(undefined)) {
    const message = `${CONTRACTS[source].action} answered in another shape than documented`;
    throw new ProviderError({ code: "UnexpectedResponse", kind: "unknown", message, httpStatus: 200, requestId });
  }
  const resources = arns.flatMap((arn) =>
    arn === undefined || arn === NOT_OURS ? [] : [{ id: arn, type: typeOfArn(arn) }],
  );
  const left = resources.length < arns.length ? { rowCount: arns.length } : {};
  return { resources, ...left, token: asText(body["NextToken"]) ?? "" };
}

const NOT_OURS = "";

/** Config's rows are JSON as text; those of resources without an ARN have none. */
function configuredArn(row: unknown): string | undefined {
  const text = asText(row);
  const item = text === undefined ? undefined : parseObject(text);
  if (item === undefined) return undefined;
  const arn = asText(item["arn"]) ?? "";
  const isOwn = CONFIGS_OWN.test(asText(item["resourceType"]) ?? "");
  return isOwn || parseArn(arn) === undefined ? NOT_OURS : arn;
}

/** A view may span the accounts of an organization; each of them is audited by itself. */
function indexedArn(row: unknown, account: string): string | undefined {
  const item = asObject(row);
  const arn = asText(item?.["Arn"]);
  if (arn === undefined) return undefined;
  const owner = asText(item?.["OwningAccountId"]) ?? account;
  return owner !== account || parseArn(arn) === undefined ? NOT_OURS : arn;
}
