import type { CreateEvent } from "./create-event.ts";

/**
 * The calls that create what our Huawei providers tag. Their trace names differ in case from one document to the
 * next, so they are compared without it. Where a trace leaves `resource_id` empty, the response names the id.
 */
export const HUAWEI_CREATE_EVENTS: readonly CreateEvent[] = [
  {
    provider: "huawei",
    source: "IAM",
    eventName: "createUser",
    type: "huawei:iam:user",
    idPath: "resource_id",
    fallbackIdPath: "response.user.user_id|response.user.id|response.user_id",
    basis: "inferred",
    experimental: false,
  },
  {
    provider: "huawei",
    source: "IAM",
    eventName: "createAgency",
    type: "huawei:iam:agency",
    idPath: "resource_id",
    fallbackIdPath: "response.agency.agency_id|response.agency.id|response.agency_id",
    basis: "inferred",
    experimental: false,
  },
  {
    provider: "huawei",
    source: "APIG",
    eventName: "CreateInstance",
    type: "huawei:apig:instance",
    idPath: "resource_id",
    fallbackIdPath: "response.instance_id|response.id",
    basis: "docs-table",
    experimental: false,
  },
];
