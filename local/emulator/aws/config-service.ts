import { CloudError } from "../cloud-error.ts";
import { inventoryOf } from "./inventory.ts";
import { wholeNumber, type AwsCall } from "./call.ts";

/** https://docs.aws.amazon.com/config/latest/APIReference/API_SelectResourceConfig.html */
const MOST_ROWS = 100;
const DEFAULT_ROWS = 25;
const LONGEST_EXPRESSION = 4096;

const refuse = (code: string, message: string): CloudError => new CloudError(400, code, message);

interface Query {
  readonly properties: readonly string[];
  readonly region: string;
}

/**
 * The part of the query language that is understood here: `SELECT arn, resourceType WHERE awsRegion = 'us-east-1'`, with
 * any of four properties. https://docs.aws.amazon.com/config/latest/developerguide/query-components.html
 */
const EXPRESSION = /^SELECT ([A-Za-z, ]{1,200}) WHERE awsRegion ?= ?'([a-z0-9-]{1,64})'$/i;
const PROPERTIES: ReadonlySet<string> = new Set(["arn", "resourceType", "resourceId", "awsRegion"]);

function readExpression(expression: unknown): Query {
  const text = typeof expression === "string" ? expression : "";
  if (text === "" || text.length > LONGEST_EXPRESSION) {
    throw refuse("ValidationException", `Expression must have from 1 to ${LONGEST_EXPRESSION} characters.`);
  }
  const [, list = "", region = ""] = EXPRESSION.exec(text) ?? [];
  const properties = list.split(",").map((name) => name.trim());
  if (region === "" || !properties.every((name) => PROPERTIES.has(name))) {
    throw refuse("InvalidExpressionException", "The syntax of the query is incorrect, or unknown here.");
  }
  return { properties, region };
}

/** What AWS Config has recorded of one region, tagged or not; rows are JSON as text. */
export function selectResourceConfig(call: AwsCall): object {
  const { properties, region } = readExpression(call.input["Expression"]);
  const limit = wholeNumber(call.input, "Limit") ?? DEFAULT_ROWS;
  if (limit < 0 || limit > MOST_ROWS)
    throw refuse("InvalidLimitException", "The specified limit is outside the range.");
  const token = call.input["NextToken"];
  const identity = JSON.stringify(["config", call.account, call.region, properties, region]);
  const page = inventoryOf(call, { region, identity, token, size: limit === 0 ? DEFAULT_ROWS : limit });
  if (page === undefined) throw refuse("InvalidNextTokenException", "The specified next token is not valid.");
  const rows = page.resources.map(({ type, id, region: awsRegion }) => {
    const item = new Map([
      ["arn", id],
      ["resourceType", configType(type)],
      ["resourceId", id.slice(Math.max(id.lastIndexOf("/"), id.lastIndexOf(":")) + 1)],
      ["awsRegion", awsRegion],
    ]);
    return JSON.stringify(Object.fromEntries(properties.map((name) => [name, item.get(name)])));
  });
  return {
    QueryInfo: { SelectFields: properties.map((Name) => ({ Name })) },
    Results: rows,
    ...(page.next === undefined ? {} : { NextToken: page.next }),
  };
}

/** `aws:ec2:security-group` → `AWS::EC2::SecurityGroup`, nearly as Config writes it. */
function configType(type: string): string {
  const [, service = "", kind = ""] = type.split(":");
  const words = kind.split("-").map((word) => word.slice(0, 1).toUpperCase() + word.slice(1));
  return `AWS::${service.toUpperCase()}::${words.join("")}`;
}
