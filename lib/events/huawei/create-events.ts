import type { CreateEvent } from "../create-event.ts";

/**
 * The calls that create what our Huawei providers tag. Their trace names differ in case from one document to the
 * next, so they are compared without it. Where a trace leaves `resource_id` empty, the response names the id.
 * IAM writes `…V5` where its API of that version was called; trust agencies, the only ones that can be tagged, come by
 * no other: https://support.huaweicloud.com/intl/en-us/usermanual-iam5/iam_01_1177.html
 */
export const HUAWEI_CREATE_EVENTS: readonly CreateEvent[] = [
  ...rows("IAM", "huawei:iam:user", "response.user.user_id|response.user.id|response.user_id", [
    ["createUser", "docs-table"],
    ["createUserV5", "docs-table"],
  ]),
  ...rows("IAM", "huawei:iam:agency", "response.agency.agency_id|response.agency.id|response.agency_id", [
    ["createAgency", "inferred"],
    ["createAgencyV5", "docs-table"],
  ]),
  ...rows("APIG", "huawei:apig:instance", "response.instance_id|response.id", [["CreateInstance", "docs-table"]]),
];

function rows(
  source: string,
  type: string,
  fallbackIdPath: string,
  calls: readonly (readonly [eventName: string, basis: CreateEvent["basis"]])[],
): CreateEvent[] {
  return calls.map(([eventName, basis]) => ({
    provider: "huawei",
    source,
    eventName,
    type,
    idPath: "resource_id",
    fallbackIdPath,
    ...(source === "IAM" && { global: true as const }),
    basis,
    experimental: false,
  }));
}
