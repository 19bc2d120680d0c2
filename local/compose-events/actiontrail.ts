import type { ResourceRef } from "../../lib/core/resource.ts";
import type { Creation } from "./creation.ts";

/** A creating call: its name, the field of the response that holds the id, and what ActionTrail calls the type. */
interface Call {
  readonly service: "apigateway" | "vpcipam";
  readonly eventName: string;
  readonly idField: string;
  readonly resourceType: string;
}

const CALLS: Readonly<Record<string, Call>> = {
  "alibaba:apigateway:apiGroup": gateway("CreateApiGroup", "GroupId", "ApiGroup"),
  "alibaba:apigateway:app": gateway("CreateApp", "AppId", "App"),
  "alibaba:apigateway:plugin": gateway("CreatePlugin", "PluginId", "Plugin"),
  "alibaba:apigateway:api": gateway("CreateApi", "ApiId", "Api"),
  "alibaba:vpcipam:IPAM": ipam("CreateIpam", "IpamId", "Ipam"),
  "alibaba:vpcipam:IPAMSCOPE": ipam("CreateIpamScope", "IpamScopeId", "IpamScope"),
  "alibaba:vpcipam:IPAMPOOL": ipam("CreateIpamPool", "IpamPoolId", "IpamPool"),
};

/** By what host names begin with. */
const PRODUCTS = {
  apigateway: { source: "acs.apigateway", serviceName: "CloudAPI", apiVersion: "2016-07-14" },
  vpcipam: { source: "acs.vpc", serviceName: "VpcIpam", apiVersion: "2023-02-28" },
} as const;

/** Alibaba EventBridge's CloudEvent for a creating call; undefined for types that are not imitated. */
export function composeActionTrail({ resource, tags, createdBy, eventId, time }: Creation): object | undefined {
  const call = Object.hasOwn(CALLS, resource.type) ? CALLS[resource.type] : undefined;
  if (call === undefined) return undefined;
  const { service, eventName, idField, resourceType } = call;
  const { account, id } = resource;
  return apiCallEvent({
    service,
    eventName,
    resource,
    eventId,
    time,
    requestParameters: numberedTags([...tags]),
    responseElements: { [idField]: idOf(call, id) },
    more: {
      isGlobal: false,
      referencedResources: { [resourceType]: [id] },
      resourceType,
      resourceName: id,
      userIdentity: { type: "ram-user", principalId: "200000000000000001", accountId: account, userName: createdBy },
    },
  });
}

/** A call as ActionTrail records it. */
export interface RecordedCall {
  readonly service: keyof typeof PRODUCTS;
  readonly eventName: string;
  readonly resource: Pick<ResourceRef, "account" | "region" | "id">;
  readonly eventId: string;
  /** RFC 3339, with milliseconds. */
  readonly time: string;
  /** Beside the region. */
  readonly requestParameters: Readonly<Record<string, unknown>>;
  /** Beside the request's id. */
  readonly responseElements?: Readonly<Record<string, unknown>>;
  /** What else the record holds. */
  readonly more?: Readonly<Record<string, unknown>>;
}

/** Alibaba EventBridge's CloudEvent for a call. */
export function apiCallEvent(call: RecordedCall): object {
  const { service, eventName, eventId, time } = call;
  const { account, region, id } = call.resource;
  const { source, serviceName, apiVersion } = PRODUCTS[service];
  const eventTime = `${time.slice(0, 19)}Z`;
  return {
    id: eventId,
    source,
    specversion: "1.0",
    type: `${source.slice("acs.".length)}:ActionTrail:ApiCall`,
    datacontenttype: "application/json;charset=utf-8",
    subject: `${source.replace(".", ":")}:${region}:${account}:${id}`,
    time: eventTime,
    aliyunaccountid: account,
    aliyunpublishtime: time,
    aliyunoriginalaccountid: account,
    aliyuneventbusname: "default",
    aliyunregionid: region,
    data: {
      eventId,
      eventVersion: "1",
      eventCategory: "Management",
      eventType: "ApiCall",
      eventRW: "Write",
      eventName,
      eventSource: `${service}.${region}.aliyuncs.com`,
      serviceName,
      apiVersion,
      acsRegion: region,
      eventTime,
      requestId: eventId,
      recipientAccountId: account,
      sourceIpAddress: "203.0.113.10",
      userAgent: "embedded-cloud",
      requestParameters: { RegionId: region, ...call.requestParameters },
      responseElements: { RequestId: eventId, ...call.responseElements },
      ...call.more,
    },
  };
}

/** `Tag.1.Key`, `Tag.1.Value`, …: the names that an RPC request has. */
export function numberedTags(tags: readonly (readonly [string, string])[]): Record<string, string> {
  return Object.fromEntries(
    tags.flatMap(([key, value], index) => [
      [`Tag.${index + 1}.Key`, key],
      [`Tag.${index + 1}.Value`, value],
    ]),
  );
}

/** App ids are numbers in the response of CreateApp. */
function idOf(call: Call, id: string): string | number {
  const number = Number(id);
  return call.idField === "AppId" && Number.isSafeInteger(number) && String(number) === id ? number : id;
}

function gateway(eventName: string, idField: string, kind: string): Call {
  return { service: "apigateway", eventName, idField, resourceType: `ACS::ApiGateway::${kind}` };
}

function ipam(eventName: string, idField: string, kind: string): Call {
  return { service: "vpcipam", eventName, idField, resourceType: `ACS::VPC::${kind}` };
}
