import { createRequire } from "node:module";
import type { EmulatedResource } from "../../local/emulator/emulated-resource.ts";
import { ALIBABA_ACCOUNT } from "./emulate.ts";

// The official clients are CommonJS; their interop default is the class.
const require = createRequire(import.meta.url);
const tag = require("@alicloud/tag20180828") as typeof import("@alicloud/tag20180828");
const openApiCore = require("@alicloud/openapi-core") as typeof import("@alicloud/openapi-core");

export { tag };

/** What tagging and untagging answer. */
export type WriteAnswer = import("@alicloud/tag20180828").TagResourcesResponseBody;

interface Keys {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken?: string;
}

/** @alicloud/tag20180828 against one endpoint. */
export function tagClient(endpoint: string, { accessKeyId, accessKeySecret, securityToken }: Keys) {
  const keys = { accessKeyId, accessKeySecret, ...(securityToken !== undefined && { securityToken }) };
  const config = { ...keys, endpoint: new URL(endpoint).host, protocol: "http" };
  return new tag.default(new openApiCore.$OpenApiUtil.Config(config));
}

/** A resource by the codes of its type; `alibaba:ecs:instance` without a provider. */
export function resource(
  type: string,
  id: string,
  tags: Readonly<Record<string, string>> = {},
  region = "cn-hangzhou",
): EmulatedResource {
  return { type: `alibaba:${type}`, account: ALIBABA_ACCOUNT, region, id, tags };
}

/** `arn("ecs", "instance/i-1")`. */
export function arn(product: string, rest: string, region = "cn-hangzhou", account = ALIBABA_ACCOUNT): string {
  return `arn:acs:${product}:${region}:${account}:${rest}`;
}
