import { createRequire } from "node:module";
import type { EmulatorDescription } from "../../local/emulator/description.ts";

// The official clients are CommonJS; their interop default is the class.
const require = createRequire(import.meta.url);
const cloudApi = require("@alicloud/cloudapi20160714") as typeof import("@alicloud/cloudapi20160714");
const openApiCore = require("@alicloud/openapi-core") as typeof import("@alicloud/openapi-core");
const teaUtil = require("@alicloud/tea-util") as typeof import("@alicloud/tea-util");
const PopCore = require("@alicloud/pop-core") as typeof import("@alicloud/pop-core");

export { cloudApi };

interface Keys {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken?: string;
}

function configOf(endpoint: string, keys: Keys) {
  return new openApiCore.$OpenApiUtil.Config({ ...keys, endpoint: new URL(endpoint).host, protocol: "http" });
}

/** @alicloud/cloudapi20160714 against one region of the emulator. */
export function cloudApiClient(description: EmulatorDescription, region?: string, keys: Keys = description.alibaba) {
  const endpoint = region === undefined ? description.alibaba.endpoint : (description.alibaba.endpoints[region] ?? "");
  return new cloudApi.default(configOf(endpoint, keys));
}

export type Answer = Readonly<Record<string, unknown>>;

/** A call of @alicloud/openapi-core, for APIs that have no client of their own on npm. */
export async function genericCall(
  config: InstanceType<typeof openApiCore.$OpenApiUtil.Config>,
  { version, action }: { readonly version: string; readonly action: string },
  query: Readonly<Record<string, unknown>>,
): Promise<Answer> {
  const params = new openApiCore.$OpenApiUtil.Params({
    action,
    version,
    protocol: "HTTP",
    method: "POST",
    authType: "AK",
    style: "RPC",
    pathname: "/",
    reqBodyType: "formData",
    bodyType: "json",
  });
  const request = new openApiCore.$OpenApiUtil.OpenApiRequest({ query: openApiCore.OpenApiUtil.query(query) });
  const client = new openApiCore.default(config);
  const response = (await client.callApi(params, request, new teaUtil.RuntimeOptions({}))) as { body: Answer };
  return response.body;
}

/** The same at an emulator. */
export function genericCaller(description: EmulatorDescription, version: string, keys: Keys = description.alibaba) {
  const config = configOf(description.alibaba.endpoint, keys);
  return (action: string, query: Readonly<Record<string, unknown>> = {}): Promise<Answer> =>
    genericCall(config, { version, action }, query);
}

/** VpcIpam's calls. */
export function ipamCaller(description: EmulatorDescription, keys: Keys = description.alibaba) {
  return genericCaller(description, "2023-02-28", keys);
}

/** @alicloud/pop-core: version 1 signatures, parameters in the form body. */
export function popCoreClient(description: EmulatorDescription, apiVersion: string, keys: Keys = description.alibaba) {
  return new PopCore({ ...keys, endpoint: description.alibaba.endpoint, apiVersion });
}
