import { asObject, type JsonObject } from "../../core/json.ts";
import { embeddedObject, firstText, textOf } from "../json/value.ts";
import { incomplete, type Envelope } from "../parsed-event.ts";

/**
 * What a product is called elsewhere than in the sources of the table: in records without an envelope and in host names, in
 * Resource Center's types and in ARNs.
 */
export const SOURCE_OF_PRODUCT: ReadonlyMap<string, string> = new Map([
  ["cloudapi", "apigateway"],
  ["ack", "cs"],
  ["cbn", "cen"],
  ["cbwp", "vpc"],
  ["dds", "mongodb"],
  ["eip", "vpc"],
  ["hitsdb", "lindorm"],
  ["kvstore", "redis"],
  ["log", "sls"],
  ["messageservice", "mns"],
  ["mq", "ons"],
  ["nat", "vpc"],
  ["privatezone", "pvtz"],
  ["rm", "resourcemanager"],
  ["tablestore", "ots"],
  ["vpn", "vpc"],
]);

/** `ecs-cn-hangzhou-share.aliyuncs.com`, `r-kvstore.aliyuncs.com`, `project.cn-hangzhou.log.aliyuncs.com` */
export function productOfHost(host: unknown): string | undefined {
  const labels = textOf(host)?.toLowerCase().split(".") ?? [];
  if (labels.at(-3) === "log") return "log";
  return labels[0]?.replace(/^r-/, "").split("-", 1)[0];
}

/**
 * The parameters of the call, and the body of one that has a body: consoles and the two kinds of APIs record them as an
 * object, as a JSON text, or both, of which one may have been cut short.
 */
export function requestsOf(data: JsonObject): JsonObject[] {
  const parameters = objectsIn([data.requestParameters, data.requestParameterJson]);
  return [...parameters, ...parameters.flatMap((one) => objectsIn(BODIES.map((name) => one[name])))];
}

function objectsIn(values: readonly unknown[]): JsonObject[] {
  return values.map(embeddedObject).filter((object) => object !== undefined);
}

const BODIES = ["body", "Body", "RequestBody", "requestBody"] as const;

interface Call {
  readonly envelope: Envelope;
  readonly requests: readonly (JsonObject | undefined)[];
  readonly eventName: string;
}

/** In whose account a call was made, as far as the record or its envelope says. */
export function accountIn(data: JsonObject, { account }: Envelope): string | undefined {
  return firstText(data.recipientAccountId, account, asObject(data.userIdentity)?.accountId);
}

/**
 * Where a call was made.
 * @throws InputError where neither the record nor its envelope says it.
 */
export function placeOf(
  data: JsonObject,
  { envelope, requests, eventName }: Call,
): { readonly account: string; readonly region: string } {
  const account = accountIn(data, envelope);
  if (account === undefined) throw incomplete(eventName, "account (recipientAccountId)");
  const region = firstText(data.acsRegion, ...requests.map((request) => request?.RegionId), envelope.region);
  if (region === undefined) throw incomplete(eventName, "region (acsRegion)");
  return { account, region };
}
