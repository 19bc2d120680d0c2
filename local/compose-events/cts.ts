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
};

/** EventGrid's CloudEvent for a creating call; undefined for types that are not imitated. */
export function composeCts({ resource, tags, createdBy, eventId, time, at }: Creation): object | undefined {
  const call = Object.hasOwn(CALLS, resource.type) ? CALLS[resource.type] : undefined;
  if (call === undefined) return undefined;
  const { account, region, project, id } = resource;
  const host = call.service.toLowerCase() + (region === "global" ? "" : `.${region}`);
  return {
    specversion: "1.0",
    id: eventId,
    source: `HC.${call.service}`,
    type: `${call.service}:CloudTrace:ApiCall`,
    datacontenttype: "application/json",
    subject: `${call.service}:${call.kind}:${id}`,
    time,
    data: {
      trace_id: eventId,
      trace_name: call.traceName,
      trace_rating: "normal",
      trace_type: "ApiCall",
      service_type: call.service,
      resource_type: call.kind,
      resource_id: id,
      source_ip: "203.0.113.10",
      code: call.code,
      time: at,
      record_time: at + 1000,
      tracker_name: "system",
      project_id: project ?? "",
      domain_id: account,
      request: JSON.stringify(call.request(tags)),
      response: JSON.stringify(call.response(id)),
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
    },
  };
}
