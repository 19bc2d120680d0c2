import { createHash } from "node:crypto";
import type { TypeContract } from "../../../lib/core/contract.ts";
import { InputError } from "../../../lib/core/errors.ts";
import { search } from "../../../lib/core/policy/jmespath.ts";
import { loadPolicies, type LoadOptions } from "../../../lib/core/policy/load/load.ts";
import { preparePolicies, type PreparedPolicies } from "../../../lib/core/policy/prepare.ts";
import type { Resource } from "../../../lib/core/resource.ts";

const api = { action: "alibaba:apigateway:Any", callsPerSecond: 100 };

/** Limits of a cloud that takes less than others. */
export const narrowContract: TypeContract = {
  types: ["alibaba:apigateway:apiGroup", "alibaba:apigateway:app"],
  batching: "each",
  tag: { ...api, resourcesPerCall: 50, tagsPerCall: 20, atomicity: "all-or-none" },
  untag: { ...api, resourcesPerCall: 50, tagsPerCall: 20, atomicity: "all-or-none" },
  list: { ...api, idsPerCall: 50, rowsPerPage: 50, rows: "tag", tagFilters: 20, scan: true, silentTypes: {} },
  inventory: {},
  id: { minLength: 1, maxLength: 256, forbiddenPrefixes: [], forbiddenParts: [] },
  tagsPerResource: 3,
  key: {
    minLength: 1,
    maxLength: 12,
    pattern: "[a-z-]+",
    allowed: "a-z and -",
    forbiddenPrefixes: ["acs-"],
    forbiddenParts: [],
  },
  value: {
    minLength: 0,
    maxLength: 16,
    pattern: "[A-Za-z0-9@.:/ -]*",
    forbiddenPrefixes: [],
    forbiddenParts: ["http://"],
  },
  global: false,
};

/** The same cloud's other types, which take almost everything. */
export const wideContract: TypeContract = {
  ...narrowContract,
  types: ["huawei:apig:instance"],
  tagsPerResource: 50,
  key: { minLength: 1, maxLength: 128, forbiddenPrefixes: [], forbiddenParts: [] },
  value: { minLength: 0, maxLength: 256, forbiddenPrefixes: [], forbiddenParts: [] },
};

export function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

export const OPTIONS: LoadOptions = { contracts: [], hash };

/** Loads one file `policy.yaml`, without limits of providers unless told. */
export function load(text: string, options: Partial<LoadOptions> = {}) {
  return loadPolicies([{ path: "policy.yaml", text }], { ...OPTIONS, ...options });
}

export function prepare(text: string, options: Partial<LoadOptions> = {}): PreparedPolicies {
  // Through JSON, because that is how the functions get it.
  return preparePolicies(JSON.parse(JSON.stringify(load(text, options).compiled)), search);
}

/** The lines of the error that loading this ends with; none where it loads. */
export function problemsOf(text: string, options: Partial<LoadOptions> = {}): string[] {
  return problemsOfFiles([{ path: "policy.yaml", text }], options);
}

export function problemsOfFiles(
  files: readonly { path: string; text: string }[],
  options: Partial<LoadOptions> = {},
): string[] {
  try {
    loadPolicies(files, { ...OPTIONS, ...options });
    return [];
  } catch (error) {
    if (error instanceof InputError) return error.message.split("\n");
    throw error;
  }
}

/** A resource as it usually is; `tags` as an object for brevity. */
export function resource(tags: Record<string, string> | undefined, changes: Partial<Resource> = {}): Resource {
  return {
    type: "alibaba:apigateway:apiGroup",
    account: "111122223333",
    region: "cn-hangzhou",
    id: "g1",
    tags: tags === undefined ? undefined : new Map(Object.entries(tags)),
    ...changes,
  };
}

export const NOON = Date.parse("2026-11-22T12:00:00Z");
