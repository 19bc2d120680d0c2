import type { HttpRequest } from "../../http-server.ts";
import type { Cloud } from "../../cloud.ts";
import {
  checkDomain,
  type HuaweiAnswer,
  type HuaweiCall,
  type HuaweiFacts,
  type HuaweiOperation,
  type HuaweiRouter,
} from "../call.ts";
import { huaweiError } from "../errors.ts";
import { tmsTypeNamed } from "./names.ts";
import { filterResources, listProviders, listTags, showQuota, showTags } from "./reads.ts";
import { ANY_TYPE, bodyFacts } from "./request.ts";
import { createTags, deleteTags } from "./writes.ts";

const ABOUT_NOTHING: HuaweiFacts = { types: [ANY_TYPE], resourceIds: [] };

function operation(
  name: string,
  run: (call: HuaweiCall) => HuaweiAnswer,
  more: Partial<Pick<HuaweiOperation, "facts" | "failsByResource">> = {},
): HuaweiOperation {
  return {
    action: `huawei:tms:${name}`,
    facts: () => ABOUT_NOTHING,
    global: true,
    tokenErrors: { missing: "TMS.0003", wrong: "TMS.0003" },
    usualError: "TMS.0001",
    throttleError: "TMS.0006",
    ...more,
    run(call) {
      checkDomain(call, () => huaweiError("TMS.0004"));
      return run(call);
    },
  };
}

const OF_BODY = { facts: bodyFacts };
const WRITE = { ...OF_BODY, failsByResource: true };

/** By method and path. */
const OPERATIONS: Readonly<Record<string, HuaweiOperation>> = {
  "POST v1.0/resource-tags/batch-create": operation("CreateResourceTag", createTags, WRITE),
  "POST v1.0/resource-tags/batch-delete": operation("DeleteResourceTag", deleteTags, WRITE),
  "POST v1.0/resource-instances/filter": operation("ListResource", filterResources, OF_BODY),
  "GET v1.0/tms/providers": operation("ListProviders", listProviders),
  "GET v1.0/tms/quotas": operation("ShowTagQuota", showQuota),
  "GET v1.0/tags": operation("ListTags", listTags),
};

function tagsOf(id: string): HuaweiOperation {
  const facts = (request: HttpRequest, cloud: Cloud): HuaweiFacts => {
    const named = tmsTypeNamed(new URLSearchParams(request.query).get("resource_type"), cloud.tms);
    return { types: [named?.type ?? ANY_TYPE], resourceIds: [id] };
  };
  return operation("ShowResourceTag", (call) => showTags(call, id), { facts });
}

/** TMS: global, so every Huawei endpoint serves it. */
export const routeTms: HuaweiRouter = (method, segments) => {
  const [version, collection, id = "", tags] = segments;
  if (
    method === "GET" &&
    version === "v2.0" &&
    collection === "resources" &&
    tags === "tags" &&
    segments.length === 4
  ) {
    return tagsOf(id);
  }
  const name = `${method} ${segments.join("/")}`;
  return Object.hasOwn(OPERATIONS, name) ? OPERATIONS[name] : undefined;
};
