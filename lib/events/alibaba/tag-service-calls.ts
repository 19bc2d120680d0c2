import { asObject, type JsonObject } from "../../core/json.ts";
import type { ResourceRef } from "../../core/resource.ts";
import { embeddedList, embeddedObject, firstText, textOf } from "../json/value.ts";
import { notACreation } from "../parsed-event.ts";
import { requestTags } from "../request-tags.ts";
import { tagsChanged } from "../tags-changed.ts";
import { firstTime } from "../time.ts";
import { placeOf, productOfHost, requestsOf } from "./record.ts";
import { CENTRAL } from "./rows.ts";
import { ALIBABA_TAG_CALLS, numbered, type ReadTagCall } from "./tag-calls.ts";

/**
 * Reads the ActionTrail event of a call of the Tag service, which names resources of many types by their ARNs; undefined for
 * any other call. What the answer says that it could not do is left out. It throws an InputError where the record lacks an
 * account or a region.
 * @see https://www.alibabacloud.com/help/en/resource-management/tag/developer-reference/api-tag-2018-08-28-tagresources
 */
export const readTagServiceCall: ReadTagCall = (data, envelope, { eventName, namesType }) => {
  const { eventNames } = ALIBABA_TAG_CALLS;
  const isTagCall = eventNames.some((name) => name.toLowerCase() === eventName.toLowerCase());
  if (!isTagCall || !isTagService(data, envelope.source)) return undefined;
  const requests = requestsOf(data);
  const place = placeOf(data, { envelope, requests, eventName });
  const failed = new Set(failedIn(embeddedObject(data.responseElements)));
  const arns = requests.flatMap((request) => numbered(request, "ResourceARN")).filter((arn) => !failed.has(arn));
  const ours = [...new Set(arns)].flatMap((arn) => {
    const ref = refIn(arn, place);
    return ref === undefined || namesType?.(ref.account, ref.type) === false ? [] : [ref];
  });
  if (ours.length === 0) return notACreation(eventName, "the call names nothing that is tagged here");
  const keys = [...requests.flatMap((request) => numbered(request, "TagKey")), ...requestTags(requests, "").keys()];
  if (keys.length === 0) return notACreation(eventName, "the call names no key, and changed nothing");
  return tagsChanged(
    {
      eventId: firstText(data.eventId, envelope.id),
      eventName,
      changedAt: firstTime(data.eventTime, envelope.time),
      keys: [...new Set(keys)],
    },
    ours,
  );
};

const isTagService = (data: JsonObject, source: string | undefined): boolean =>
  source?.toLowerCase() === "acs.tag" ||
  textOf(data.serviceName)?.toLowerCase() === "tag" ||
  productOfHost(data.eventSource) === "tag";

const ARN = /^(?:arn:)?acs:([^:/]+):([^:/]*):([^:/]*):([^:/]+)\/(.+)$/s;

/** `*` or nothing in an ARN stands for the call's region and account. */
function refIn(arn: string, call: { readonly account: string; readonly region: string }): ResourceRef | undefined {
  const [, product = "", region = "", account = "", kind = "", id] = ARN.exec(arn) ?? [];
  if (id === undefined) return undefined;
  const service = product.toLowerCase();
  const said = (text: string, otherwise: string) => (text === "" || text === "*" ? otherwise : text);
  return {
    type: `alibaba:${service}:${kind.toLowerCase()}`,
    account: said(account, call.account),
    region: CENTRAL.has(service) ? "global" : said(region, call.region),
    id,
  };
}

/** `FailedResources: { FailedResource: [{ ResourceARN }] }` */
function failedIn(answer: JsonObject | undefined): string[] {
  const rows = embeddedList(embeddedObject(answer?.FailedResources)?.FailedResource) ?? [];
  return rows.flatMap((row) => textOf(asObject(row)?.ResourceARN) ?? []);
}
