import { providerOf, type ResourceRef } from "../../lib/core/resource.ts";
import { globalHomeOf } from "../emulator/aws/global-home.ts";
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

function actionTrail({ ref, set, unset, eventId, at }: TagsChange): object {
  const [, service, kind = ""] = ref.type.split(":");
  const isUntag = unset.length > 0;
  const tags = isUntag
    ? Object.fromEntries(unset.map((key, index) => [`TagKey.${index + 1}`, key]))
    : numberedTags(Object.entries(set));
  return apiCallEvent({
    service: service === "apigateway" ? service : "vpcipam",
    eventName: isUntag ? "UntagResources" : "TagResources",
    resource: ref,
    eventId,
    time: new Date(at).toISOString(),
    requestParameters: { ResourceType: kind, "ResourceId.1": ref.id, ...tags },
  });
}

function cts({ ref, set, unset, eventId, at }: TagsChange): object {
  const [, service = "", kind = ""] = ref.type.split(":");
  const isGateway = service === "apig";
  const isUntag = unset.length > 0;
  const pairs = isUntag ? unset.map((key) => ({ key })) : Object.entries(set).map(([key, value]) => ({ key, value }));
  const ofIam = isUntag ? unset : { tags: pairs.map(({ key, ...tag }) => ({ tag_key: key, tag_value: tag })) };
  return {
    specversion: "1.0",
    id: eventId,
    source: `HC.${service.toUpperCase()}`,
    type: `${service.toUpperCase()}:CloudTrace:ApiCall`,
    datacontenttype: "application/json",
    time: new Date(at).toISOString(),
    data: {
      trace_id: eventId,
      trace_name: isGateway ? "BatchCreateOrDeleteInstanceTags" : isUntag ? "untagResourceV5" : "tagResourceV5",
      trace_rating: "normal",
      trace_type: "ApiCall",
      service_type: service.toUpperCase(),
      resource_type: isGateway ? "Instance" : kind,
      resource_id: ref.id,
      code: isGateway ? "204" : "200",
      time: at,
      project_id: ref.project ?? "",
      domain_id: ref.account,
      request: JSON.stringify(isGateway ? { action: isUntag ? "delete" : "create", tags: pairs } : ofIam),
      endpoint: `${service}${ref.region === "global" ? "" : `.${ref.region}`}.myhuaweicloud.com`,
      user: { name: "alice", domain: { id: ref.account } },
    },
  };
}
