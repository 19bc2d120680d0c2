import type { HttpRequest } from "../../http-server.ts";
import {
  checkDomain,
  wholeNumber,
  type HuaweiAnswer,
  type HuaweiCall,
  type HuaweiFacts,
  type HuaweiOperation,
  type HuaweiRouter,
} from "../call.ts";
import { huaweiError } from "../errors.ts";
import { HUAWEI_TYPES, typeOfConfig } from "../types.ts";
import { countResources, listResources, summarizeResources } from "./resources.ts";
import { isOff } from "./state.ts";

/** ShowTrackerConfig: what the resource recorder covers, as long as it is on. */
function showTracker({ cloud: { recorder }, account }: HuaweiCall): HuaweiAnswer {
  if (isOff(recorder, account)) throw huaweiError("RMS.00010091");
  const covered = recorder?.covers?.[account];
  return {
    status: 200,
    body: {
      channel: { obs: { bucket_name: "emulated", region_id: "cn-north-4" } },
      selector: { all_supported: covered === undefined, resource_types: covered ?? [] },
      retention_period_in_days: 2557,
      agency_name: "rms_tracker_agency",
    },
  };
}

/** ListAllProviders: the services whose resources Config lists, and their types. */
function listProviders({ query, cloud }: HuaweiCall): HuaweiAnswer {
  const sizes = { from: 1, to: 200, otherwise: 200 };
  const limit = wholeNumber(query.get("limit"), sizes, () => huaweiError("RMS.00010024"));
  const places = { from: 0, to: 1000, otherwise: 0 };
  const offset = wholeNumber(query.get("offset"), places, () => huaweiError("RMS.00010001", "offset"));
  const regions = cloud.keyring.regions();
  const byProvider = new Map<string, object[]>();
  for (const { provider, kind, isGlobal } of HUAWEI_TYPES) {
    const row = {
      name: kind,
      display_name: kind,
      global: isGlobal,
      regions: isGlobal ? ["global"] : regions,
      track: "tracked",
    };
    byProvider.set(provider, [...(byProvider.get(provider) ?? []), row]);
  }
  const rows = [...byProvider].map(([provider, resource_types]) => ({
    provider,
    display_name: provider,
    category_display_name: provider,
    resource_types,
  }));
  return {
    status: 200,
    body: { resource_providers: rows.slice(offset, offset + limit), total_count: rows.length },
  };
}

/** By what follows the domain in the path. */
const OPERATIONS: Readonly<Record<string, readonly [name: string, run: (call: HuaweiCall) => HuaweiAnswer]>> = {
  "all-resources": ["ListAllResources", listResources],
  "all-resources/count": ["CountAllResources", countResources],
  "all-resources/summary": ["CollectAllResourcesSummary", summarizeResources],
  "tracked-resources": ["ListTrackedResources", listResources],
  "tracker-config": ["ShowTrackerConfig", showTracker],
  "all-providers": ["ListAllProviders", listProviders],
};

function factsOfQuery({ query }: HttpRequest): HuaweiFacts {
  const parameters = new URLSearchParams(query);
  const id = parameters.get("id") ?? "";
  const type = typeOfConfig(parameters.get("type") ?? "")?.type ?? "huawei:*:*";
  return { types: [type], resourceIds: id === "" ? [] : [id] };
}

const denied = () => huaweiError("RMS.00010006");

/** Config, once called RMS: global, so every Huawei endpoint serves it. */
export const routeConfig: HuaweiRouter = (method, segments): HuaweiOperation | undefined => {
  const [version, manager, domains, domain, ...rest] = segments;
  if (method !== "GET" || version !== "v1" || manager !== "resource-manager" || domains !== "domains") return undefined;
  const path = rest.join("/");
  const known = Object.hasOwn(OPERATIONS, path) ? OPERATIONS[path] : undefined;
  if (known === undefined) return undefined;
  const [name, run] = known;
  return {
    action: `huawei:rms:${name}`,
    facts: factsOfQuery,
    global: true,
    tokenErrors: { missing: "RMS.00010079", wrong: "RMS.00010079" },
    usualError: "APIGW.0601",
    run(call) {
      checkDomain(call, denied);
      if (domain !== call.account) throw denied();
      return run(call);
    },
  };
};
