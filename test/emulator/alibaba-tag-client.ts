import { createRequire } from "node:module";
import type { EmulatedResource } from "../../local/emulator/emulated-resource.ts";
import { ALIBABA_ACCOUNT } from "./emulate.ts";

type Request = new (fields: object) => object;

interface WriteAnswer {
  readonly failedResources?: {
    readonly failedResource?: readonly {
      readonly resourceARN?: string;
      readonly result?: { readonly code?: string; readonly message?: string };
    }[];
  };
}

interface ListAnswer {
  readonly nextToken?: string;
  readonly tagResources?: readonly {
    readonly resourceARN?: string;
    readonly tags?: readonly { readonly key?: string; readonly value?: string; readonly category?: string }[];
  }[];
}

interface TypesAnswer {
  readonly nextToken?: string;
  readonly supportResourceTypes?: readonly {
    readonly productCode?: string;
    readonly resourceType?: string;
    readonly arnTemplate?: string;
  }[];
}

/** What is used of @alicloud/tag20180828. */
interface TagPackage {
  readonly default: new (config: object) => {
    tagResources(request: object): Promise<{ readonly body?: WriteAnswer }>;
    untagResources(request: object): Promise<{ readonly body?: WriteAnswer }>;
    listTagResources(request: object): Promise<{ readonly body?: ListAnswer }>;
    listSupportResourceTypes(request: object): Promise<{ readonly body?: TypesAnswer }>;
  };
  readonly TagResourcesRequest: Request;
  readonly UntagResourcesRequest: Request;
  readonly ListTagResourcesRequest: Request;
  readonly ListSupportResourceTypesRequest: Request;
}

// The official clients are CommonJS; their interop default is the class.
const require = createRequire(import.meta.url);
const tag = require("@alicloud/tag20180828") as TagPackage;
const openApiCore = require("@alicloud/openapi-core") as typeof import("@alicloud/openapi-core");

export { tag, type WriteAnswer };

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
