import type { TextLimits, TypeContract } from "../../core/contract.ts";

/**
 * Huawei Cloud documents 200 calls per second and API at its gateway, but services throttle far earlier and count
 * refused calls too. These are assumptions on the safe side; docs/providers/huawei.md has the evidence.
 */
const READS_PER_SECOND = 60;
const WRITES_PER_SECOND = 20;

const read = (service: string, action: string) => ({
  action: `huawei:${service}:${action}`,
  callsPerSecond: READS_PER_SECOND,
});

const write = (service: string, action: string) => ({
  action: `huawei:${service}:${action}`,
  callsPerSecond: WRITES_PER_SECOND,
  resourcesPerCall: 1,
  tagsPerCall: 20,
  atomicity: "per-resource" as const,
});

/** One resource per call, no pages: a resource carries at most 20 tags. */
const listOfOne = {
  idsPerCall: 1,
  rowsPerPage: 20,
  rows: "tag",
  tagFilters: 0,
  scan: false,
  silentTypes: {},
} as const;

/** The pages reserve this spelling and no other. */
const SYSTEM_KEYS = { forbiddenPrefixes: ["_sys_"], prefixCase: "exact", forbiddenParts: [] } as const;

/** Ids stand in paths, so a step in a path (`..`) must be none: https://url.spec.whatwg.org/#double-dot-path-segment */
const idOf = (maxLength: number): TextLimits => ({
  minLength: 1,
  maxLength,
  pattern: "[A-Za-z0-9-]*",
  allowed: "letters, digits and -",
  forbiddenPrefixes: [],
  forbiddenParts: [],
});

/**
 * IAM v5 users and trust agencies. Ids have 1 to 64 letters, digits and `-`. Keys hold no `/`, and neither start nor end with a space.
 * @see https://support.huaweicloud.com/intl/en-us/api-iam5/TagResourceV5.html
 * @see https://support.huaweicloud.com/intl/en-us/api-iam5/ListResourceTagsV5.html
 */
export const iamContract: TypeContract = {
  types: ["huawei:iam:user", "huawei:iam:agency"],
  batching: "each",
  tag: write("iam", "TagResourceV5"),
  untag: write("iam", "UntagResourceV5"),
  list: { ...read("iam", "ListResourceTagsV5"), ...listOfOne },
  inventory: {
    "huawei:iam:user": { ...read("iam", "ListUsersV5"), pageSize: 200, inlineTags: false },
    "huawei:iam:agency": { ...read("iam", "ListAgenciesV5"), pageSize: 200, inlineTags: false },
  },
  id: idOf(64),
  tagsPerResource: 20,
  key: {
    minLength: 1,
    maxLength: 64,
    pattern: "[\\p{L}\\p{N}_.:=+@-](?:[\\p{L}\\p{N} _.:=+@-]*[\\p{L}\\p{N}_.:=+@-])?",
    allowed: "letters, digits, _ . : = + - @ and spaces inside",
    ...SYSTEM_KEYS,
  },
  value: {
    minLength: 0,
    maxLength: 128,
    pattern: "[\\p{L}\\p{N} _.:=+@/-]*",
    allowed: "letters, digits, spaces and _ . : = + - @ /",
    forbiddenPrefixes: [],
    forbiddenParts: [],
  },
  global: true,
};

/**
 * APIG dedicated gateways. Ids are UUIDs with or without `-`; no page limits them, so they get the room of IAM's.
 * @see https://support.huaweicloud.com/intl/en-us/api-apig/BatchCreateOrDeleteInstanceTags.html
 * @see https://support.huaweicloud.com/intl/en-us/api-apig/ListInstanceTags.html
 */
export const apigContract: TypeContract = {
  types: ["huawei:apig:instance"],
  batching: "each",
  tag: write("apig", "BatchCreateOrDeleteInstanceTags"),
  untag: write("apig", "BatchCreateOrDeleteInstanceTags"),
  list: { ...read("apig", "ListInstanceTags"), ...listOfOne },
  inventory: {
    "huawei:apig:instance": {
      ...read("apig", "ListInstancesV2"),
      pageSize: 500,
      inlineTags: false,
      emptyMayMean: "the right apig:instance:list is missing",
    },
  },
  id: idOf(64),
  tagsPerResource: 20,
  key: {
    minLength: 1,
    maxLength: 128,
    pattern: "[\\p{L}\\p{N} _.:=+@-]*",
    allowed: "letters, digits, spaces and _ . : = + - @",
    ...SYSTEM_KEYS,
  },
  value: {
    minLength: 0,
    maxLength: 255,
    pattern: "[\\p{L}\\p{N} _.:=+@/-]*",
    allowed: "letters, digits, spaces and _ . : = + - @ /",
    forbiddenPrefixes: [],
    forbiddenParts: [],
  },
  global: false,
};
