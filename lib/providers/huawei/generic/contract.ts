import type { HuaweiAccountConfig } from "../../../core/config/config.ts";
import type { TextLimits, TypeContract } from "../../../core/contract.ts";
import { nameOf, readName } from "./naming.ts";
import { IN_PART, TAGGABLE_TYPES } from "./taggable-types.ts";
import { typesWith } from "./tms-names.ts";

/** No page has a quota of either API. Half of it is what we use; docs/providers/assumptions.md. */
const TMS_CALLS_PER_SECOND = 20;
const CONFIG_CALLS_PER_SECOND = 10;

const tmsApi = (action: string) =>
  ({ action: `huawei:tms:${action}`, callsPerSecond: TMS_CALLS_PER_SECOND, per: "account" }) as const;

const configApi = (action: string) =>
  ({ action: `huawei:rms:${action}`, callsPerSecond: CONFIG_CALLS_PER_SECOND, per: "account" }) as const;

/**
 * Ids, and names made of them, which no page limits: this is far above the longest, the URNs of functions. An id stands in
 * a path, so a step in a path (`..`) must be none: https://url.spec.whatwg.org/#double-dot-path-segment
 */
const NAME: TextLimits = {
  minLength: 1,
  maxLength: 1024,
  pattern: "(?!(?:.*/)?\\.{1,2}$)\\P{Cc}+",
  allowed: "no control characters, and no . or .. alone",
  forbiddenPrefixes: [],
  forbiddenParts: [],
};

/** No page says how many types a search may name: this is more than there are, and far below what a body may hold. */
const MOST_TYPES = 50;

/**
 * Services that are deployed centrally, whose resources have no region here.
 * https://support.huaweicloud.com/intl/en-us/usermanual-rms/rms_02_0200.html
 */
const CENTRAL_SERVICES: ReadonlySet<string> = new Set(["cdn"]);

/**
 * Everything that Huawei Cloud can tag, by TMS: up to 50 resources of any types and 10 tags a call, each resource by
 * itself; and Config's inventory, with tags.
 * @see https://support.huaweicloud.com/intl/en-us/api-tms/CreateResourceTag.html
 * @see https://support.huaweicloud.com/intl/en-us/api-tms/ListResource.html
 * @see https://support.huaweicloud.com/intl/en-us/api-rms/ListAllResources.html
 */
export const genericContract: TypeContract = {
  types: ["huawei:*:*"],
  optIn: true,
  batching: "together",
  tag: { ...tmsApi("CreateResourceTag"), resourcesPerCall: 50, tagsPerCall: 10, atomicity: "per-resource" },
  untag: { ...tmsApi("DeleteResourceTag"), resourcesPerCall: 50, tagsPerCall: 10, atomicity: "per-resource" },
  list: {
    ...tmsApi("ShowResourceTag"),
    idsPerCall: 1,
    rowsPerPage: 200,
    rows: "resource",
    tagFilters: 0,
    scan: false,
    typeScan: true,
    typesPerScan: MOST_TYPES,
    untaggedScan: true,
    searching: tmsApi("ListResource"),
    silentTypes: {},
  },
  inventory: {
    "huawei:*:*": {
      ...configApi("ListAllResources"),
      pageSize: 200,
      inlineTags: true,
      provesCompliance: true,
      // https://docs.otc.t-systems.com/config/umn/service_overview/notes_and_constraints.html
      maxAgeMs: 24 * 60 * 60_000,
      recording: { ...configApi("ShowTrackerConfig"), recorder: "Config's resource recorder" },
      counting: configApi("CollectAllResourcesSummary"),
      emptyMayMean: "Config's resource recorder has never been on, or the right rms:resources:list is missing",
    },
  },
  // A listing of what TMS has of a type in part would make the rest look as if it were gone.
  typeListing: { ...tmsApi("ListProviders"), usual: TAGGABLE_TYPES.difference(IN_PART) },
  naming: { nameOf, read: readName },
  id: NAME,
  tagsPerResource: 10,
  key: {
    minLength: 1,
    maxLength: 36,
    pattern: "[A-Za-z0-9_\\u4E00-\\u9FFF-]*",
    allowed: "letters of the Latin alphabet, Chinese characters, digits and _ -",
    forbiddenPrefixes: ["_sys_"],
    prefixCase: "exact",
    forbiddenParts: [],
  },
  value: {
    minLength: 0,
    maxLength: 43,
    pattern: "[A-Za-z0-9_.\\u4E00-\\u9FFF-]*",
    allowed: "letters of the Latin alphabet, Chinese characters, digits and _ . -",
    forbiddenPrefixes: [],
    forbiddenParts: [],
  },
  global: false,
  globalServices: CENTRAL_SERVICES,
};

/** The same as an account has it. */
export function contractFor({ tms }: Pick<HuaweiAccountConfig, "tms">): TypeContract {
  if (tms === undefined) return genericContract;
  const { mixTypes = true, resourcesPerCall = genericContract.tag.resourcesPerCall, typeNames = {} } = tms;
  const { tag, untag, typeListing } = genericContract;
  const usual = typesWith(typeNames).difference(IN_PART);
  return {
    ...genericContract,
    batching: mixTypes ? "together" : "each",
    tag: { ...tag, resourcesPerCall },
    untag: { ...untag, resourcesPerCall },
    ...(typeListing !== undefined && { typeListing: { ...typeListing, usual } }),
  };
}
