import { randomUUID } from "node:crypto";
import type { AlibabaAccountConfig } from "../../core/config/config.ts";
import { canonicalQuery, type Parameters } from "../canonical-query.ts";
import type { ClientDeps } from "../client-deps.ts";
import type { CachedCredentials } from "../credentials.ts";
import { endpointFor } from "../endpoint.ts";
import type { HttpRequest } from "../http.ts";
import type { JsonObject } from "../../core/json.ts";
import { signedClient } from "../signed-client.ts";
import { readAnswer } from "./errors.ts";
import { authorization, EMPTY_BODY_SHA256, type AlibabaKey } from "./sign.ts";

export interface AlibabaCall {
  /** The middle of our action names. */
  readonly service: "apigateway" | "vpcipam" | "tag" | "resourcecenter" | "resourcedirectory" | "sts";
  readonly version: string;
  readonly action: string;
  readonly region: string;
  /** Where the cloud serves it, if that isn't the service's host in its region; and as what region it is configured. */
  readonly home?: { readonly host: string; readonly region: string };
  readonly parameters: Parameters;
  readonly write: boolean;
  /** Those that an error message may name. */
  readonly resourceIds: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

/** Sends one RPC call and gives its answer. Throws ProviderError and nothing else. */
export type AlibabaClient = (call: AlibabaCall) => Promise<JsonObject>;

/** Regions whose API Gateway answers at the central host. */
const CENTRAL_GATEWAY_REGIONS: ReadonlySet<string> = new Set([
  "cn-beijing-finance-pop",
  "cn-beijing-gov-1",
  "cn-edge-1",
]);

/** The region that serves what has none. */
export const CENTRAL_REGION = "cn-hangzhou";

function cloudHost({ site }: AlibabaAccountConfig, service: AlibabaCall["service"], region: string): string {
  // Two hosts, one for each of the two sites: https://www.alibabacloud.com/help/en/resource-management/resource-directory/developer-reference/api-resourcedirectorymaster-2022-04-19-endpoint
  if (service === "resourcedirectory") return `${service}${site === "international" ? "-intl" : ""}.aliyuncs.com`;
  const isCentral = service === "apigateway" && CENTRAL_GATEWAY_REGIONS.has(region);
  return isCentral ? "apigateway.aliyuncs.com" : `${service}.${region}.aliyuncs.com`;
}

function originOf({ service, region, home }: AlibabaCall, account: AlibabaAccountConfig): URL {
  if (home !== undefined) return endpointFor(account, home.region, home.host, CENTRAL_REGION);
  return endpointFor(account, region, cloudHost(account, service, region));
}

/**
 * A client for RPC-style APIs, whose requests are those of the official SDK: POST, all parameters in the query, an
 * empty body, signature version 3 in the headers.
 */
export function alibabaClient(
  account: AlibabaAccountConfig,
  credentials: CachedCredentials<AlibabaKey>,
  deps: ClientDeps,
): AlibabaClient {
  const { clock } = deps;

  function signed(call: AlibabaCall, key: AlibabaKey): HttpRequest {
    const origin = originOf(call, account);
    const query = canonicalQuery(call.parameters);
    const headers: Record<string, string> = {
      host: origin.host,
      "x-acs-action": call.action,
      "x-acs-version": call.version,
      "x-acs-date": new Date(clock.now()).toISOString().replace(/\.\d+Z$/, "Z"),
      "x-acs-signature-nonce": randomUUID().replaceAll("-", ""),
      "x-acs-content-sha256": EMPTY_BODY_SHA256,
      "x-acs-credentials-provider": key.securityToken === undefined ? "static_ak" : "static_sts",
      ...(key.securityToken === undefined
        ? {}
        : { "x-acs-security-token": key.securityToken, "x-acs-accesskey-id": key.accessKeyId }),
      accept: "application/json",
      "user-agent": "tagwarden",
    };
    headers["authorization"] = authorization({ method: "POST", path: "/", query, headers }, key);
    const { region, write } = call;
    return { method: "POST", origin, path: `/?${query}`, headers, body: "", region, write };
  }

  return signedClient(
    {
      account: account.account,
      credentials,
      action: ({ service, action }) => `alibaba:${service}:${action}`,
      sign: signed,
      read: (request, response, context) =>
        readAnswer(request, response, { ...context, mixesTypes: context.call.service === "tag" }),
    },
    deps,
  );
}
