import { providerOf, type ResourceRef } from "../../lib/core/resource.ts";
import { globalHomeOf } from "../emulator/aws/global-home.ts";
import { huaweiType } from "../emulator/huawei/types.ts";
import { projectIdOf } from "../emulator/keyring.ts";
import { apiCallEvent, numberedTags } from "./actiontrail.ts";

/** Tags that an API call has set and taken off. */
export interface TagsChange {
  readonly ref: ResourceRef;
  readonly set: Readonly<Record<string, string>>;
  readonly unset: readonly string[];
  /** All tags of the resource afterwards. */
  readonly after: Readonly<Record<string, string>>;
  /** Tells this change from every other one. */
  readonly eventId: string;
  /** In milliseconds since the epoch. */
  readonly at: number;
}

/**
 * The body of the event that the resource's own cloud sends when its tags were changed: AWS's own event, which doesn't say
 * who did it, ActionTrail's of the call, or CTS's trace. undefined for types of other clouds.
 */
export function composeTagsChangedEvent(change: TagsChange): string | undefined {
  const provider = providerOf(change.ref.type);
  return provider === undefined ? undefined : JSON.stringify(composers[provider](change));
}

const composers = { aws: tagChange, alibaba: actionTrail, huawei: cts };

function secondsOf(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

function tagChange({ ref, set, unset, after, eventId, at }: TagsChange): object {
  const [, service, kind] = ref.type.split(":");
  return {
    version: "0",
    id: eventId,
    "detail-type": "Tag Change on Resource",
    source: "aws.tag",
    account: ref.account,
    time: secondsOf(at),
    region: ref.region === "global" ? globalHomeOf(ref.id) : ref.region,
    resources: [ref.id],
    detail: {
      "changed-tag-keys": [...Object.keys(set), ...unset],
      service,
      "resource-type": kind,
      version: 1,
      tags: after,
    },
  };
}

/** What the Tag service tags is changed by its calls, and the other types by those of their own services. */
function actionTrail({ ref, set, unset, eventId, at }: TagsChange): object {
  const [, service = "", kind = ""] = ref.type.split(":");
  const isUntag = unset.length > 0;
  const own = OWN_CALLS.find(({ name, kinds }) => name === service && kinds.some((one) => one === kind));
  const keys = Object.fromEntries(unset.map((key, index) => [`TagKey.${index + 1}`, key]));
  const ofOwn = isUntag ? keys : numberedTags(Object.entries(set));
  const ofTagService = isUntag ? keys : { Tags: JSON.stringify(set) };
  return apiCallEvent({
    service: own?.name ?? "tag",
    eventName: isUntag ? "UntagResources" : "TagResources",
    // What has no region is tagged by way of this one.
    resource: { ...ref, region: ref.region === "global" ? "cn-hangzhou" : ref.region },
    eventId,
    time: new Date(at).toISOString(),
    requestParameters:
      own === undefined
        ? { "ResourceARN.1": `arn:acs:${service}:*:${ref.account}:${kind}/${ref.id}`, ...ofTagService }
        : { ResourceType: kind, "ResourceId.1": ref.id, ...ofOwn },
  });
}

const OWN_CALLS = [
  { name: "apigateway", kinds: ["apiGroup", "plugin", "app", "api"] },
  { name: "vpcipam", kinds: ["IPAM", "IPAMSCOPE", "IPAMPOOL"] },
] as const;

/** Gateways and IAM have calls of their own; all else is tagged by TMS. */
function cts(change: TagsChange): object {
  const { ref, set, unset } = change;
  const [, service = "", kind = ""] = ref.type.split(":");
  const isUntag = unset.length > 0;
  const pairs = isUntag ? unset.map((key) => ({ key })) : Object.entries(set).map(([key, value]) => ({ key, value }));
  if (service === "iam") {
    const tags = Object.entries(set).map(([tag_key, tag_value]) => ({ tag_key, tag_value }));
    const request = isUntag ? unset : { tags };
    const traceName = isUntag ? "untagResourceV5" : "tagResourceV5";
    return traceEvent(change, { service, traceName, kind, id: ref.id, code: "200", request });
  }
  if (service === "apig") {
    const request = { action: isUntag ? "delete" : "create", tags: pairs };
    const traceName = "BatchCreateOrDeleteInstanceTags";
    return traceEvent(change, { service, traceName, kind: "Instance", id: ref.id, code: "204", request });
  }
  const resources = [{ resource_id: ref.id, resource_type: huaweiType(ref.type)?.tms?.name ?? kind }];
  const project = ref.region === "global" ? {} : { project_id: ref.project ?? projectIdOf(ref.account, ref.region) };
  return traceEvent(change, {
    service: "tms",
    traceName: isUntag ? "batchDeleteResourceTags" : "batchCreateResourceTags",
    kind: "resourceTag",
    id: "",
    code: "200",
    request: { ...project, resources, tags: pairs },
    response: { failed_resources: [] },
  });
}

interface TraceOfTags {
  /** In lower case. */
  readonly service: string;
  readonly traceName: string;
  readonly kind: string;
  readonly id: string;
  readonly code: string;
  readonly request: unknown;
  readonly response?: unknown;
}

/** EventGrid's CloudEvent for a call that changed tags. */
function traceEvent({ ref, eventId, at }: TagsChange, call: TraceOfTags): object {
  const { service, traceName, kind, id, code, request, response } = call;
  const isCentral = service === "tms" || ref.region === "global";
  return {
    specversion: "1.0",
    id: eventId,
    source: `HC.${service.toUpperCase()}`,
    type: `${service.toUpperCase()}:CloudTrace:ApiCall`,
    datacontenttype: "application/json",
    time: new Date(at).toISOString(),
    data: {
      trace_id: eventId,
      trace_name: traceName,
      trace_rating: "normal",
      trace_type: "ApiCall",
      service_type: service.toUpperCase(),
      resource_type: kind,
      resource_id: id,
      code,
      time: at,
      project_id: service === "tms" ? "" : (ref.project ?? ""),
      domain_id: ref.account,
      request: JSON.stringify(request),
      ...(response !== undefined && { response: JSON.stringify(response) }),
      endpoint: `${service}${isCentral ? "" : `.${ref.region}`}.myhuaweicloud.com`,
      user: { name: "alice", domain: { id: ref.account } },
    },
  };
}
