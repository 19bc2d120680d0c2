import type { ResourceRef } from "../../lib/core/resource.ts";
import type { Creation } from "./creation.ts";

/** A creating call, as ActionTrail records it. */
interface Call {
  readonly service: Service;
  readonly eventName: string;
  readonly eventType?: "ConsoleOperation";
  /** Beside the request's id. */
  answer(id: string): Readonly<Record<string, unknown>>;
  /** What ActionTrail calls the type, where it lists the ids of what a call was about. */
  readonly resourceType: string;
}

const CALLS: Readonly<Record<string, Call>> = {
  "alibaba:apigateway:apiGroup": call("apigateway", "CreateApiGroup", "ApiGateway::ApiGroup", "GroupId"),
  "alibaba:apigateway:app": {
    ...call("apigateway", "CreateApp", "ApiGateway::App", ""),
    answer: (id) => ({ AppId: numberIn(id) }),
  },
  "alibaba:apigateway:plugin": call("apigateway", "CreatePlugin", "ApiGateway::Plugin", "PluginId"),
  "alibaba:apigateway:api": call("apigateway", "CreateApi", "ApiGateway::Api", "ApiId"),
  "alibaba:vpcipam:IPAM": call("vpcipam", "CreateIpam", "VPC::Ipam", "IpamId"),
  "alibaba:vpcipam:IPAMSCOPE": call("vpcipam", "CreateIpamScope", "VPC::IpamScope", "IpamScopeId"),
  "alibaba:vpcipam:IPAMPOOL": call("vpcipam", "CreateIpamPool", "VPC::IpamPool", "IpamPoolId"),
  "alibaba:ecs:instance": {
    ...call("ecs", "RunInstances", "ECS::Instance", ""),
    answer: (id) => ({ InstanceIdSets: { InstanceIdSet: [id] } }),
  },
  "alibaba:ecs:eni": call("ecs", "CreateNetworkInterface", "ECS::NetworkInterface", "NetworkInterfaceId"),
  "alibaba:slb:instance": call("slb", "CreateLoadBalancer", "SLB::LoadBalancer", "LoadBalancerId"),
  "alibaba:rds:instance": call("rds", "CreateDBInstance", "RDS::DBInstance", "DBInstanceId"),
  "alibaba:log:logstore": { ...call("sls", "CreateLogStore", "SLS::LogStore", ""), answer: () => ({}) },
  "alibaba:mns:queue": { ...call("mns", "CreateQueue", "MessageService::Queue", ""), answer: () => ({}) },
  "alibaba:kvstore:instance": order("redis", "Redis::DBInstance"),
  "alibaba:hitsdb:instance": order("lindorm", "Lindorm::Instance"),
  "alibaba:cr:instance": order("cr", "CR::Instance"),
  "alibaba:alikafka:instance": order("alikafka", "AliKafka::Instance"),
  "alibaba:elasticsearch:instance": order("elasticsearch", "Elasticsearch::Instance"),
  "alibaba:hologram:instance": order("hologram", "Hologram::Instance"),
};

type Service = keyof typeof SERVICES;

interface RecordedService {
  readonly source: string;
  readonly host: (region: string) => string;
  readonly serviceName?: string;
  readonly apiVersion?: string;
}

const regional = (name: string) => (region: string) => `${name}.${region}.aliyuncs.com`;
const central = (name: string) => () => `${name}.aliyuncs.com`;

/** What records call the services, and which host they say was called. */
const SERVICES = {
  apigateway: {
    source: "acs.apigateway",
    host: regional("apigateway"),
    serviceName: "CloudAPI",
    apiVersion: "2016-07-14",
  },
  vpcipam: { source: "acs.vpc", host: regional("vpcipam"), serviceName: "VpcIpam", apiVersion: "2023-02-28" },
  ecs: {
    source: "acs.ecs",
    host: (region) => `ecs-${region}-share.aliyuncs.com`,
    serviceName: "Ecs",
    apiVersion: "2014-05-26",
  },
  slb: { source: "acs.slb", host: central("slb") },
  rds: { source: "acs.rds", host: central("rds-inc-share") },
  sls: { source: "acs.sls", host: regional("log") },
  mns: { source: "acs.mns", host: regional("mns") },
  redis: { source: "acs.redis", host: central("r-kvstore") },
  lindorm: { source: "acs.lindorm", host: central("hitsdb") },
  cr: { source: "acs.cr", host: regional("cr") },
  alikafka: { source: "acs.alikafka", host: central("alikafka") },
  elasticsearch: { source: "acs.elasticsearch", host: central("elasticsearch") },
  hologram: { source: "acs.hologram", host: central("hologram") },
  tag: { source: "acs.tag", host: regional("tag"), serviceName: "Tag", apiVersion: "2018-08-28" },
} as const satisfies Readonly<Record<string, RecordedService>>;

/** Alibaba EventBridge's CloudEvent for a creating call; undefined for types that are not imitated. */
export function composeActionTrail({ resource, tags, createdBy, eventId, time }: Creation): object | undefined {
  const made = Object.hasOwn(CALLS, resource.type) ? CALLS[resource.type] : undefined;
  if (made === undefined) return undefined;
  const { service, eventName, eventType, resourceType } = made;
  const { account, id } = resource;
  return apiCallEvent({
    service,
    eventName,
    ...(eventType !== undefined && { eventType }),
    resource,
    eventId,
    time,
    requestParameters: numberedTags([...tags]),
    responseElements: made.answer(id),
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
  readonly service: Service;
  readonly eventName: string;
  /** `ApiCall` by default. */
  readonly eventType?: "ConsoleOperation";
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
  const { service, eventName, eventType = "ApiCall", eventId, time } = call;
  const { account, region, id } = call.resource;
  const { source, host, ...named }: RecordedService = SERVICES[service];
  const eventTime = `${time.slice(0, 19)}Z`;
  return {
    id: eventId,
    source,
    specversion: "1.0",
    type: `${source.slice("acs.".length)}:ActionTrail:${eventType}`,
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
      eventType,
      eventRW: "Write",
      eventName,
      eventSource: host(region),
      ...named,
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
function numberIn(id: string): string | number {
  const number = Number(id);
  return Number.isSafeInteger(number) && String(number) === id ? number : id;
}

/** A call whose answer has the id in this field. */
function call(service: Service, eventName: string, resourceType: string, idField: string): Call {
  return { service, eventName, resourceType: `ACS::${resourceType}`, answer: (id) => ({ [idField]: id }) };
}

/** What is ordered on a page of the console: the answer has an order and no id. */
function order(service: Service, resourceType: string): Call {
  const made = call(service, "Create", resourceType, "");
  return { ...made, eventType: "ConsoleOperation", answer: () => ({ OrderId: "200000000000000" }) };
}
