import type { JsonObject } from "../../core/json.ts";
import { embeddedList, firstText, isTrue, textOf } from "../json/value.ts";
import { notACreation, type Envelope, type ParsedEvent, type ParseOptions } from "../parsed-event.ts";
import { requestTags } from "../request-tags.ts";
import { tagsChanged } from "../tags-changed.ts";
import { firstTime } from "../time.ts";
import { placeOf, requestsOf, SOURCE_OF_PRODUCT } from "./record.ts";

/** The calls that change tags of what our Alibaba providers tag, under the sources that creations come from. */
export const ALIBABA_TAG_CALLS = {
  sources: { "acs.apigateway": "apigateway", "acs.vpc": "vpcipam", "acs.vpcipam": "vpcipam" },
  /** TagResources writes over what is there: https://next.api.alibabacloud.com/document/CloudAPI/2016-07-14/TagResources */
  eventNames: ["TagResources", "UntagResources"],
  /** The types that the calls take; other products behind the same source have types of other names. */
  kinds: {
    apigateway: ["apiGroup", "plugin", "app", "api"],
    vpcipam: ["IPAM", "IPAMSCOPE", "IPAMPOOL"],
  },
} as const;

/** Reads a record where it is of a call that changes tags; undefined where it isn't, or is about what isn't tagged here. */
export type ReadTagCall = (
  data: JsonObject,
  envelope: Envelope,
  options: ParseOptions & { readonly eventName: string },
) => ParsedEvent | undefined;

/**
 * Reads the ActionTrail event of a successful call, where it is one that sets tags or takes them off; undefined where it
 * isn't, or is about what our providers don't tag. It throws an InputError where the record lacks an account or a region.
 */
export const readAlibabaTagCall: ReadTagCall = (data, envelope, { eventName }) => {
  if (!ALIBABA_TAG_CALLS.eventNames.some((name) => isSame(name, eventName))) return undefined;
  const requests = requestsOf(data);
  const said = firstOf(requests, (request) => textOf(request.ResourceType));
  const type = typeOf(data, envelope, said);
  if (type === undefined) return undefined;
  const ids = [...new Set(requests.flatMap((request) => numbered(request, "ResourceId")))];
  if (ids.length === 0) return notACreation(eventName, "the call names no resource");
  const { account, region } = placeOf(data, { envelope, requests, eventName });
  const set = [...requestTags(requests, "").keys()];
  const named = [...new Set([...requests.flatMap((request) => numbered(request, "TagKey")), ...set])];
  // https://next.api.alibabacloud.com/document/CloudAPI/2016-07-14/UntagResources: without keys, `All` takes off all.
  if (named.length === 0 && !requests.some(({ All }) => isTrue(All))) {
    return notACreation(eventName, "the call names no key, and changed nothing");
  }
  return tagsChanged(
    {
      eventId: firstText(data.eventId, envelope.id),
      eventName,
      changedAt: firstTime(data.eventTime, envelope.time),
      keys: named.length === 0 ? undefined : named,
    },
    ids.map((id) => ({ type, account, region, id })),
  );
};

/** Compared without regard to case, as the calls do. */
function typeOf(data: JsonObject, { source }: Envelope, kind: string | undefined): string | undefined {
  const { sources, kinds } = ALIBABA_TAG_CALLS;
  if (kind === undefined) return undefined;
  const product = textOf(data.serviceName)?.toLowerCase() ?? textOf(data.eventSource)?.split(".", 1)[0];
  const named = [source, product === undefined ? undefined : `acs.${SOURCE_OF_PRODUCT.get(product) ?? product}`];
  for (const [known, service] of Object.entries(sources)) {
    if (!named.some((one) => one !== undefined && isSame(one, known))) continue;
    const own = kinds[service].find((one) => isSame(one, kind));
    if (own !== undefined) return `alibaba:${service}:${own}`;
  }
  return undefined;
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function firstOf(
  requests: readonly JsonObject[],
  find: (request: JsonObject) => string | undefined,
): string | undefined {
  for (const request of requests) {
    const found = find(request);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** `ResourceId.1`, `ResourceId.2`, …, or a list under the name itself, which may be a JSON text. */
export function numbered(request: JsonObject, name: string): string[] {
  const flat = Object.keys(request).filter((field) => field.startsWith(`${name}.`));
  const list = embeddedList(request[name]) ?? [request[name]];
  return [...flat.map((field) => request[field]), ...list].flatMap((value) => textOf(value) ?? []);
}
