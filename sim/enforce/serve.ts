import { typeOfArn } from "../../lib/core/aws-arn.ts";
import type { JsonObject } from "../../lib/core/json.ts";
import { failureOf } from "../../lib/providers/aws/errors.ts";
import { apiGateway } from "../../local/emulator/alibaba/apigateway.ts";
import type { AlibabaAction } from "../../local/emulator/alibaba/call.ts";
import { vpcIpam } from "../../local/emulator/alibaba/vpcipam.ts";
import type { AwsCall } from "../../local/emulator/aws/call.ts";
import { getResources } from "../../local/emulator/aws/get-resources.ts";
import { tagResources } from "../../local/emulator/aws/tag-writes.ts";
import type { Cloud } from "../../local/emulator/cloud.ts";
import type { Admission } from "../../local/emulator/gate.ts";
import { routeApig } from "../../local/emulator/huawei/apig.ts";
import { routeIam } from "../../local/emulator/huawei/iam.ts";
import { projectIdOf } from "../../local/emulator/keyring.ts";
import { GENERIC } from "../generic-types.ts";
import { parametersOf } from "./parameters.ts";
import { serveGeneric } from "./serve-generic.ts";
import { nativeTypeOf, serveNative } from "./serve-native.ts";
import type { SimAnswer, SimRequest } from "./sim-request.ts";

const NOTHING: SimAnswer = { rows: [], rowCount: 0, nextToken: undefined, failures: {} };

/**
 * Lets the emulator's own operations answer, without HTTP and signatures: the same validation, limits and errors.
 * Throws the CloudError that the cloud would answer with, or what its client makes of it.
 */
export function serve(
  cloud: Cloud,
  request: SimRequest,
  { namesOffender, rowsPerPage }: { readonly namesOffender: boolean; readonly rowsPerPage: number },
): SimAnswer {
  const admission: Admission = { hides: () => false, namesOffender, delayMs: 0, cut: false };
  if (request.type === GENERIC) return serveGeneric(cloud, request, { rowsPerPage, admission });
  if (request.type.startsWith("alibaba:")) return serveAlibaba(cloud, request, admission);
  const native = nativeTypeOf(request);
  if (native !== undefined) return serveNative(cloud, native, request, admission);
  return request.type.startsWith("aws:") ? serveAws(cloud, request, admission) : serveHuawei(cloud, request, admission);
}

interface AlibabaRow {
  readonly ResourceId: string;
  readonly TagKey: string;
  readonly TagValue: string;
}

function serveAlibaba(cloud: Cloud, request: SimRequest, admission: Admission): SimAnswer {
  const { type, account, region, kind } = request;
  const service = type.startsWith("alibaba:vpcipam:") ? vpcIpam : apiGateway;
  const action: AlibabaAction | undefined = service.actions[kind === "write" ? "TagResources" : "ListTagResources"];
  if (action === undefined) throw new Error(`the emulator has no ${request.action}`);
  const body = action.run({ cloud, account, region, admission, parameters: parametersOf(request) });
  if (kind === "write") return NOTHING;
  const found = body["TagResources"] as readonly AlibabaRow[] | { readonly TagResource: readonly AlibabaRow[] };
  const pairs = "TagResource" in found ? found.TagResource : found;
  const byId = new Map<string, Map<string, string>>();
  for (const { ResourceId: id, TagKey: key, TagValue: value } of pairs) {
    byId.set(id, (byId.get(id) ?? new Map<string, string>()).set(key, value));
  }
  const next = String(body["NextToken"]);
  return {
    ...NOTHING,
    rows: Array.from(byId, ([id, tags]) => ({ id, type, tags })),
    rowCount: pairs.length,
    nextToken: next === "" || next === "-1" ? undefined : next,
  };
}

function serveAws(cloud: Cloud, { kind, ids, tags, account, region }: SimRequest, admission: Admission): SimAnswer {
  const input = kind === "write" ? { ResourceARNList: ids, Tags: Object.fromEntries(tags) } : { ResourceARNList: ids };
  // What has no region is served in the home of its partition.
  const home = region === "global" ? "us-east-1" : region;
  const call: AwsCall = { cloud, input, account, region: home, admission };
  if (kind === "write") {
    const { FailedResourcesMap: failed } = tagResources(call) as { FailedResourcesMap: Record<string, JsonObject> };
    const failures = Object.entries(failed).map(([arn, failure]) => [arn, failureOf(arn, failure, "sim")] as const);
    return { ...NOTHING, failures: Object.fromEntries(failures) };
  }
  const { ResourceTagMappingList: list } = getResources(call) as {
    ResourceTagMappingList: readonly { ResourceARN: string; Tags: readonly { Key: string; Value: string }[] }[];
  };
  const rows = list.map(({ ResourceARN: id, Tags: pairs }) => ({
    id,
    type: typeOfArn(id),
    tags: new Map(pairs.map(({ Key, Value }) => [Key, Value])),
  }));
  return { ...NOTHING, rows, rowCount: rows.length };
}

function serveHuawei(cloud: Cloud, request: SimRequest, admission: Admission): SimAnswer {
  const { type, account, region, kind, tags } = request;
  const [id = ""] = request.ids;
  const isWrite = kind === "write";
  const isIam = type.startsWith("huawei:iam:");
  const method = isWrite ? "POST" : "GET";
  const path = isIam
    ? ["v5", type.slice("huawei:iam:".length), id, "tags", ...(isWrite ? ["create"] : [])]
    : ["v2", projectIdOf(account, region), "apigw", "instances", id, "instance-tags", ...(isWrite ? ["action"] : [])];
  const operation = (isIam ? routeIam : routeApig)(method, path);
  if (operation === undefined) throw new Error(`the emulator has no ${method} ${path.join("/")}`);
  const named = Array.from(tags, ([key, value]) => (isIam ? { tag_key: key, tag_value: value } : { key, value }));
  const body = isWrite ? JSON.stringify(isIam ? { tags: named } : { action: "create", tags: named }) : "";
  const answer = operation.run({
    cloud,
    request: { method, path: path.join("/"), query: "", headers: {}, body: Buffer.from(body) },
    query: new URLSearchParams(),
    account,
    region,
    admission,
  });
  if (isWrite) return NOTHING;
  const { tags: found } = answer.body as { tags: readonly Readonly<Record<string, string>>[] };
  const read = new Map(
    found.map((tag) => [tag["tag_key"] ?? tag["key"] ?? "", tag["tag_value"] ?? tag["value"] ?? ""]),
  );
  return { ...NOTHING, rows: read.size === 0 ? [] : [{ id, type, tags: read }], rowCount: read.size };
}
