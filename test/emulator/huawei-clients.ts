import { createRequire } from "node:module";
import type { HcClient } from "@huaweicloud/huaweicloud-sdk-core/HcClient.js";
import type { EmulatorDescription } from "../../local/emulator/description.ts";

// The packages' main entries are broken or incomplete, so the clients are imported from their own files.
const require = createRequire(import.meta.url);
const { BasicCredentials, GlobalCredentials } =
  require("@huaweicloud/huaweicloud-sdk-core") as typeof import("@huaweicloud/huaweicloud-sdk-core");
const { ClientBuilder } =
  require("@huaweicloud/huaweicloud-sdk-core/ClientBuilder.js") as typeof import("@huaweicloud/huaweicloud-sdk-core/ClientBuilder.js");
const { IamClient } =
  require("@huaweicloud/huaweicloud-sdk-iam/v5/IamClient.js") as typeof import("@huaweicloud/huaweicloud-sdk-iam/v5/IamClient.js");
// It logs every failed call, keys and all, to stdout.
const requireOfSdk = createRequire(require.resolve("@huaweicloud/huaweicloud-sdk-core/ClientBuilder.js"));
const log4js = requireOfSdk("log4js") as { configure(options: object): void };
log4js.configure({
  appenders: { none: { type: "noLogFilter", appender: "out", exclude: [".*"] }, out: { type: "stderr" } },
  categories: { default: { appenders: ["none"], level: "off" } },
});

export interface Keys {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly securityToken?: string;
}

export type Answer = Readonly<Record<string, unknown>>;

type IamMethod = "tagResourceV5" | "deleteResourceTagsV5" | "listResourceTagsV5" | "listUsersV5" | "listAgenciesV5";

/** @huaweicloud/huaweicloud-sdk-iam, v5. It sends plain objects as they are, whatever its models declare. */
export function iamCaller(description: EmulatorDescription, keys: Keys = description.huawei) {
  const credentials = new GlobalCredentials()
    .withAk(keys.accessKey)
    .withSk(keys.secretKey)
    .withDomainId(description.huawei.domainId);
  if (keys.securityToken !== undefined) credentials.withSecurityToken(keys.securityToken);
  const client = IamClient.newBuilder().withCredential(credentials).withEndpoint(description.huawei.endpoint).build();
  return async (method: IamMethod, request: object): Promise<Answer> => ({
    ...(await client[method](request as never)),
  });
}

export interface CoreRequest {
  readonly method: string;
  readonly url: string;
  readonly pathParams?: Record<string, string>;
  readonly queryParams?: Record<string, unknown>;
  readonly data?: Record<string, unknown>;
}

/** The generic client of @huaweicloud/huaweicloud-sdk-core, for services that have no client of their own on npm. */
function coreCaller(endpoint: string, credentials: InstanceType<typeof BasicCredentials | typeof GlobalCredentials>) {
  const client = new ClientBuilder((hc: HcClient) => hc).withCredential(credentials).withEndpoint(endpoint).build();
  return async (request: CoreRequest): Promise<Answer> => {
    const response = await client.sendRequest({
      contentType: "application/json",
      headers: {},
      pathParams: {},
      queryParams: {},
      ...request,
    });
    return { ...response };
  };
}

/** Calls APIG, for a project. */
export function apigCaller(description: EmulatorDescription, projectId = description.huawei.projectId) {
  const { accessKey, secretKey, endpoint } = description.huawei;
  return coreCaller(endpoint, new BasicCredentials().withAk(accessKey).withSk(secretKey).withProjectId(projectId));
}

/** Calls global services, for a domain. */
export function globalCaller(
  { huawei }: { readonly huawei: Pick<EmulatorDescription["huawei"], "endpoint" | "domainId"> },
  keys: Keys,
  domainId = huawei.domainId,
) {
  const credentials = new GlobalCredentials().withAk(keys.accessKey).withSk(keys.secretKey).withDomainId(domainId);
  if (keys.securityToken !== undefined) credentials.withSecurityToken(keys.securityToken);
  return coreCaller(huawei.endpoint, credentials);
}
