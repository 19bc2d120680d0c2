import { ProviderError } from "../../core/errors.ts";
import type { ResourceType } from "../../core/resource.ts";
import type { JsonObject } from "../../core/json.ts";
import { asText } from "../json.ts";

/** CloudAPI ends a listing with `-1`, the others with nothing. */
export function nextTokenOf(answer: JsonObject): { nextToken?: string } {
  const token = asText(answer["NextToken"]);
  return token === undefined || token === "" || token === "-1" ? {} : { nextToken: token };
}

export function unexpectedShape(action: string, what: string, answer: JsonObject): ProviderError {
  const message = `${action} answered without ${what}`;
  const requestId = asText(answer["RequestId"]) ?? "";
  return new ProviderError({ code: "UnexpectedResponse", kind: "unknown", message, httpStatus: 200, requestId });
}

export function unsupported(type: ResourceType): ProviderError {
  const message = `Alibaba Cloud's tagging APIs here don't serve ${type}`;
  return new ProviderError({ code: "UnsupportedType", kind: "request", message, httpStatus: 0, requestId: "" });
}
