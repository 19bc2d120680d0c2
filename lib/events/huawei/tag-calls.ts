import { asObject, type JsonObject } from "../../core/json.ts";
import { refOf } from "../../core/resource.ts";
import { embeddedList, embeddedObject, firstText, textOf } from "../json/value.ts";
import { incomplete, type Envelope, type ParsedEvent, type ParseOptions } from "../parsed-event.ts";
import { requestTags } from "../request-tags.ts";
import { keysOrAll, tagsChanged } from "../tags-changed.ts";
import { firstTime } from "../time.ts";
import { accountIn } from "./account.ts";
import { huaweiProject, huaweiRegion } from "./region.ts";

/** Reads a trace where it is of a call that changes tags; undefined where it isn't, or is about what isn't tagged here. */
export type ReadTagCall = (
  trace: JsonObject,
  envelope: Envelope,
  options: ParseOptions & { readonly source: string; readonly eventName: string },
) => ParsedEvent | undefined;

/** A call that changes tags, as its trace names it. */
export interface HuaweiTagCall {
  readonly source: "IAM" | "APIG" | "TMS";
  readonly eventName: string;
  /** What the trace calls the type of its resource, and what we call it. */
  readonly types: Readonly<Record<string, string>>;
  readonly basis: "docs-table" | "inferred";
  readonly page: string;
}

const IAM_TYPES = { user: "huawei:iam:user", agency: "huawei:iam:agency" };

/**
 * The one call of gateways sets tags and takes them off. How traces name the calls of IAM is in no table: these are the
 * names of its API, as those of creations are.
 */
export const HUAWEI_TAG_CALLS: readonly HuaweiTagCall[] = [
  iam("tagResourceV5", "https://support.huaweicloud.com/intl/en-us/api-iam5/TagResourceV5.html"),
  iam("untagResourceV5", "https://support.huaweicloud.com/intl/en-us/api-iam5/DeleteResourceTagsV5.html"),
  iam("deleteResourceTagsV5", "https://support.huaweicloud.com/intl/en-us/api-iam5/DeleteResourceTagsV5.html"),
  {
    source: "APIG",
    eventName: "BatchCreateOrDeleteInstanceTags",
    types: { instance: "huawei:apig:instance" },
    basis: "docs-table",
    page: "https://support.huaweicloud.com/api-apig/BatchCreateOrDeleteInstanceTags.html",
  },
];

function iam(eventName: string, page: string): HuaweiTagCall {
  return { source: "IAM", eventName, types: IAM_TYPES, basis: "inferred", page };
}

/** The one of these calls that the trace is of. */
export function tagCallIn(
  calls: readonly HuaweiTagCall[],
  { source: service, eventName }: { readonly source: string; readonly eventName: string },
): HuaweiTagCall | undefined {
  return calls.find(
    ({ source, eventName: name }) =>
      source.toLowerCase() === service.toLowerCase() && name.toLowerCase() === eventName.toLowerCase(),
  );
}

/**
 * Reads the CTS trace of a successful call, where it is one that sets tags or takes them off; undefined where it isn't, or is
 * about what our providers don't tag. It throws an InputError where the trace lacks an account or a region.
 */
export const readHuaweiTagCall: ReadTagCall = (trace, envelope, options) => {
  const { eventName } = options;
  const call = tagCallIn(HUAWEI_TAG_CALLS, options);
  const type = call?.types[textOf(trace.resource_type)?.toLowerCase() ?? ""];
  const id = textOf(trace.resource_id);
  if (call === undefined || type === undefined || id === undefined) return undefined;
  const account = accountIn(trace);
  if (account === undefined) throw incomplete(eventName, "account (domain_id)");
  const isGlobal = call.source === "IAM";
  const project = isGlobal ? undefined : huaweiProject(trace);
  const region = isGlobal ? "global" : huaweiRegion(trace, embeddedObject(trace.response), envelope, options);
  return tagsChanged(
    {
      eventId: firstText(trace.trace_id, envelope.id),
      eventName,
      changedAt: firstTime(trace.time, trace.record_time, envelope.time),
      keys: keysOrAll(keysIn(trace.request)),
    },
    [refOf({ type, account, region, project, id })],
  );
};

/** A list of keys, or an object with the tags. */
function keysIn(request: unknown): string[] {
  const list = embeddedList(request);
  if (list !== undefined) return list.flatMap((key) => textOf(key) ?? []);
  return [...requestTags([asObject(embeddedObject(request))], "").keys()];
}
