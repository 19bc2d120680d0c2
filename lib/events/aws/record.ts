import { asObject, type JsonObject } from "../../core/json.ts";
import { embeddedObject, firstText } from "../json/value.ts";
import type { Envelope } from "../parsed-event.ts";

/** Where a call was made, as far as its record and the envelope round it tell. */
export interface Place {
  readonly account: string | undefined;
  readonly region: string | undefined;
}

export function placeOf(detail: JsonObject, envelope: Envelope): Place {
  return {
    account: firstText(detail.recipientAccountId, envelope.account, asObject(detail.userIdentity)?.accountId),
    region: firstText(detail.awsRegion, envelope.region),
  };
}

/** `aws.ec2`, the source that EventBridge gives, as the host that CloudTrail names. */
export function serviceHost(source: string | undefined): string | undefined {
  return source?.startsWith("aws.") === true ? `${source.slice(4)}.amazonaws.com` : undefined;
}

/** Exports of CloudTrail hold request and response as JSON strings. */
export function withObjects(detail: JsonObject): JsonObject {
  if (typeof detail.requestParameters !== "string" && typeof detail.responseElements !== "string") return detail;
  return {
    ...detail,
    requestParameters: embeddedObject(detail.requestParameters),
    responseElements: embeddedObject(detail.responseElements),
  };
}
