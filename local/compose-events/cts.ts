import type { Tags } from "../../lib/core/resource.ts";
import type { Creation } from "./creation.ts";

/** A creating call: how its trace names it, and its request and response. */
interface Call {
  readonly traceName: string;
  readonly service: string;
  readonly kind: string;
  readonly code: string;
  readonly request: (tags: Tags) => object;
  readonly response: (id: string) => object;
  /** What else the trace has, or has not. */
  readonly more?: Readonly<Record<string, unknown>>;
}

const pairs = (tags: Tags) => [...tags].map(([key, value]) => ({ key, value }));
const noId = (): object => ({});

/** A call whose request has the tags at its top, or inside of the one thing that it creates. */
function call(service: string, traceName: string, kind: string, part?: string): Call {
  const request = (tags: Tags) => (part === undefined ? { tags: pairs(tags) } : { [part]: { tags: pairs(tags) } });
  return { service, traceName, kind, code: "200", request, response: noId };
}

const CALLS: Readonly<Record<string, Call>> = {
  "huawei:iam:user": {
    traceName: "createUserV5",
    service: "IAM",
    kind: "user",
    code: "201",
    request: (tags) => ({
      user_name: "user",
      tags: [...tags].map(([key, value]) => ({ tag_key: key, tag_value: value })),
    }),
    response: (id) => ({ user: { user_id: id, user_name: "user" } }),
  },
  "huawei:iam:agency": {
    traceName: "createAgencyV5",
    service: "IAM",
    kind: "agency",
    code: "201",
    request: (tags) => ({
      agency_name: "agency",
      tags: [...tags].map(([key, value]) => ({ tag_key: key, tag_value: value })),
    }),
    response: (id) => ({ agency: { agency_id: id, agency_name: "agency" } }),
  },
  "huawei:apig:instance": {
    traceName: "CreateInstance",
    service: "APIG",
    kind: "Instance",
    code: "202",
    request: (tags) => ({ instance_name: "gateway", tags: [...tags].map(([key, value]) => ({ key, value })) }),
    response: (id) => ({ instance_id: id, message: "Job created successfully" }),
  },
  "huawei:ecs:cloudservers": {
    ...call("ECS", "createSingleServer", "ecs"),
    request: (tags) => ({ server: { name: "server", server_tags: pairs(tags) } }),
    response: (id) => ({ entities: { server_id: id }, status: "SUCCESS" }),
    more: { trace_type: "SystemAction", resource_id: "", source_ip: "" },
  },
  "huawei:evs:volumes": {
    ...call("EVS", "createVolume", "evs"),
    request: (tags) => ({ volume: { size: 10, tags: Object.fromEntries(tags) } }),
  },
  "huawei:vpc:vpcs": call("VPC", "createVpc", "vpc", "vpc"),
  "huawei:vpc:publicips": call("VPC", "createEip", "eip"),
  "huawei:elb:loadbalancers": call("ELB", "createLoadbalancer", "loadbalancer", "loadbalancer"),
  "huawei:rds:instances": {
    ...call("RDS", "createInstance", "instance"),
    response: (id) => ({ instance: { id }, job_id: "j1" }),
    more: { resource_id: "" },
  },
  // Its trace has no id beside its name.
  "huawei:obs:buckets": {
    ...call("OBS", "createBucket", "bucket"),
    more: { resource_id: undefined, trace_type: "Others", event_type: "system" },
  },
  "huawei:cce:clusters": {
    ...call("CCE", "createCluster", "Cluster"),
    request: (tags) => ({ spec: { clusterTags: pairs(tags) } }),
    response: (id) => ({ metadata: { uid: id } }),
  },
  "huawei:dcs:redis": call("DCS", "createDCSInstance", "Redis"),
  "huawei:dms:kafkas": call("DMS", "createDMSInstanceTaskSuccess", "kafka"),
  "huawei:smn:topic": call("SMN", "createTopic", "topic"),
  "huawei:kms:keys": {
    ...call("KMS", "createKey", "cmk"),
    response: (id) => ({ key_info: { key_id: id } }),
    more: { resource_id: "" },
  },
  "huawei:er:instances": call("ER", "createInstance", "erInstance", "instance"),
  "huawei:cbr:vault": call("CBR", "createVault", "vault", "vault"),
};

/** EventGrid's CloudEvent for a creating call; undefined for types that are not imitated. */
export function composeCts({ resource, tags, createdBy, eventId, time, at }: Creation): object | undefined {
  const made = Object.hasOwn(CALLS, resource.type) ? CALLS[resource.type] : undefined;
  if (made === undefined) return undefined;
  const { account, region, project, id } = resource;
  const host = made.service.toLowerCase() + (region === "global" ? "" : `.${region}`);
  return {
    specversion: "1.0",
    id: eventId,
    source: `HC.${made.service}`,
    type: `${made.service}:CloudTrace:ApiCall`,
    datacontenttype: "application/json",
    subject: `${made.service}:${made.kind}:${id}`,
    time,
    data: {
      trace_id: eventId,
      trace_name: made.traceName,
      trace_rating: "normal",
      trace_type: "ApiCall",
      service_type: made.service,
      resource_type: made.kind,
      resource_id: id,
      resource_name: id,
      source_ip: "203.0.113.10",
      code: made.code,
      time: at,
      record_time: at + 1000,
      tracker_name: "system",
      project_id: project ?? "",
      domain_id: account,
      request: JSON.stringify(made.request(tags)),
      response: JSON.stringify(made.response(id)),
      user: {
        type: "User",
        id: "user-1",
        name: createdBy,
        user_name: createdBy,
        domain: { id: account },
        account_id: account,
      },
      request_id: eventId,
      endpoint: `${host}.myhuaweicloud.com`,
      read_only: false,
      ...made.more,
    },
  };
}
