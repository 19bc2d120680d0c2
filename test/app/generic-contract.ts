import type { TypeContract } from "../../lib/core/contract.ts";
import type { ResourceRef } from "../../lib/core/resource.ts";

const text = { minLength: 1, maxLength: 128, forbiddenPrefixes: ["acs:"], forbiddenParts: [] };
const write = {
  action: "alibaba:tag:TagResources",
  callsPerSecond: 20,
  resourcesPerCall: 50,
  tagsPerCall: 10,
  atomicity: "per-resource",
} as const;

/** `service/region/kind/id`: ids may hold slashes themselves. */
const NAME = /^([^/]+)\/([^/]+)\/([^/]+)\/(.+)$/u;

/** The limits of a service that tags whatever there is in an account, several types to a call, of which ids may be equal. */
export const genericContract: TypeContract = {
  types: ["alibaba:*:*"],
  optIn: true,
  batching: "together",
  tag: write,
  untag: { ...write, action: "alibaba:tag:UntagResources" },
  list: {
    action: "alibaba:tag:ListTagResources",
    callsPerSecond: 20,
    idsPerCall: 50,
    rowsPerPage: 1_000,
    rows: "resource",
    tagFilters: 10,
    scan: false,
    typeScan: true,
    silentTypes: {},
  },
  inventory: {
    "alibaba:*:*": {
      action: "alibaba:resourcecenter:SearchResources",
      callsPerSecond: 10,
      per: "account",
      pageSize: 500,
      inlineTags: true,
      provesCompliance: true,
      emptyMayMean: "it is off",
      counting: { action: "alibaba:resourcecenter:GetResourceCounts", callsPerSecond: 10, per: "account" },
    },
  },
  naming: {
    nameOf: ({ type, region, id }: ResourceRef) => {
      const [, service = "", kind = ""] = type.split(":");
      return `${service}/${region}/${kind}/${id}`;
    },
    read(name) {
      const [, service, region, kind, id] = NAME.exec(name) ?? [];
      return region === undefined || id === undefined ? undefined : { type: `alibaba:${service}:${kind}`, region, id };
    },
  },
  id: { minLength: 1, maxLength: 512, forbiddenPrefixes: [], forbiddenParts: [] },
  tagsPerResource: 20,
  key: text,
  value: text,
  global: false,
  globalServices: new Set(["cdn"]),
};
