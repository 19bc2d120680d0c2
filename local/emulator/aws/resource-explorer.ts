import { CloudError } from "../cloud-error.ts";
import { inventoryOf } from "./inventory.ts";
import { wholeNumber, type AwsCall } from "./call.ts";

/** https://docs.aws.amazon.com/resource-explorer/latest/apireference/API_ListResources.html */
const MOST_ROWS = 1000;
const DEFAULT_ROWS = 100;

const refuse = (message: string): CloudError => new CloudError(400, "ValidationException", message);

/** `region:us-east-1`, the only filter that is understood here; without one, all that the region's index holds. */
function readRegion(input: AwsCall["input"]): string | undefined {
  const filters = input["Filters"];
  if (filters === undefined || filters === null) return undefined;
  const text = typeof filters === "object" && "FilterString" in filters ? filters.FilterString : undefined;
  const region = typeof text === "string" ? /^region:([a-z0-9-]{1,64})$/.exec(text)?.[1] : undefined;
  if (region === undefined) throw refuse("FilterString must be region:NAME here.");
  return region;
}

/** What the index of this region holds, tagged or not. */
export function listResources(call: AwsCall): object {
  const size = wholeNumber(call.input, "MaxResults") ?? DEFAULT_ROWS;
  if (size < 1 || size > MOST_ROWS) throw refuse(`MaxResults must be from 1 to ${MOST_ROWS}.`);
  const region = readRegion(call.input);
  const identity = JSON.stringify(["resource-explorer", call.account, call.region, region ?? ""]);
  const page = inventoryOf(call, { region, identity, token: call.input["NextToken"], size });
  if (page === undefined) throw refuse("The NextToken is not valid for this request.");
  return {
    Resources: page.resources.map(({ id, type, account, region: Region }) => ({
      Arn: id,
      OwningAccountId: account,
      Region,
      ResourceType: type.slice("aws:".length),
      Service: type.split(":")[1],
      LastReportedAt: "2026-11-22T00:00:00Z",
      Properties: [],
    })),
    ViewArn: `arn:aws:resource-explorer-2:${call.region}:${call.account}:view/all/1`,
    ...(page.next === undefined ? {} : { NextToken: page.next }),
  };
}
