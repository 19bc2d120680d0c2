import { asObject, type JsonObject } from "../../core/json.ts";
import { embeddedObject, firstText } from "../json/value.ts";
import { incomplete, type Envelope } from "../parsed-event.ts";

/** Product names of records without an envelope, as the sources of the table have them. */
export const SOURCE_OF_PRODUCT: ReadonlyMap<string, string> = new Map([["cloudapi", "apigateway"]]);

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

/**
 * Where a call was made.
 * @throws InputError where neither the record nor its envelope says it.
 */
export function placeOf(
  data: JsonObject,
  { envelope, requests, eventName }: Call,
): { readonly account: string; readonly region: string } {
  const account = firstText(data.recipientAccountId, envelope.account, asObject(data.userIdentity)?.accountId);
  if (account === undefined) throw incomplete(eventName, "account (recipientAccountId)");
  const region = firstText(data.acsRegion, ...requests.map((request) => request?.RegionId), envelope.region);
  if (region === undefined) throw incomplete(eventName, "region (acsRegion)");
  return { account, region };
}
