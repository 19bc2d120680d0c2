import type { JsonObject } from "../../core/json.ts";
import { embeddedObject } from "../json/value.ts";

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
