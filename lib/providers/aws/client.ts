import type { AwsAccountConfig } from "../../core/config/config.ts";
import type { ClientDeps } from "../client-deps.ts";
import { cachedCredentials } from "../credentials.ts";
import { endpointFor } from "../endpoint.ts";
import type { HttpRequest } from "../http.ts";
import type { JsonObject } from "../../core/json.ts";
import { signedClient } from "../signed-client.ts";
import { fetchAwsKey } from "./credentials.ts";
import { readAnswer } from "./errors.ts";
import { amzDate, authorization, type AwsKey } from "./sign.ts";

export interface AwsCall {
  readonly operation: keyof typeof OPERATIONS;
  /** `global` for resources without a region. */
  readonly region: string;
  /** The region that is asked: another one than `region` where that is `global`. */
  readonly home: string;
  readonly body: JsonObject;
  readonly write: boolean;
  readonly resourceIds: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

const JSON_1_1 = "application/x-amz-json-1.1";
const tagging = (operation: string) => ({
  service: "tagging",
  path: "/",
  contentType: JSON_1_1,
  target: `ResourceGroupsTaggingAPI_20170126.${operation}`,
});

/** How each operation is called: JSON 1.1 names it in a header, REST in the path. */
const OPERATIONS = {
  TagResources: tagging("TagResources"),
  UntagResources: tagging("UntagResources"),
  GetResources: tagging("GetResources"),
  SelectResourceConfig: {
    service: "config",
    path: "/",
    contentType: JSON_1_1,
    target: "StarlingDoveService.SelectResourceConfig",
  },
  ListResources: {
    service: "resource-explorer-2",
    path: "/ListResources",
    contentType: "application/json",
    target: undefined,
  },
} as const;

/** Sends one call and gives its answer. Throws ProviderError and nothing else. */
export type AwsClient = (call: AwsCall) => Promise<AwsAnswer>;

interface AwsAnswer {
  readonly body: JsonObject;
  readonly requestId: string;
}

/** What the host names of each partition end in. */
const SUFFIXES = { aws: "amazonaws.com", "aws-cn": "amazonaws.com.cn", "aws-us-gov": "amazonaws.com" } as const;

/** A client for the Resource Groups Tagging API and the two inventories: JSON, Signature Version 4. */
export function awsClient(account: AwsAccountConfig, deps: ClientDeps): AwsClient {
  const { clock, timeoutMs, readOnly } = deps;
  const suffix = SUFFIXES[account.partition];
  const credentials = cachedCredentials<AwsKey>(account.account, deps, (credential) =>
    fetchAwsKey(account, { credential, timeoutMs, readOnly }),
  );

  function signed(call: AwsCall, key: AwsKey): HttpRequest {
    const region = call.home;
    const { service, path, contentType, target } = OPERATIONS[call.operation];
    const origin = endpointFor(account, call.region, `${service}.${region}.${suffix}`, region);
    const body = JSON.stringify(call.body);
    const headers: Record<string, string> = {
      host: origin.host,
      "content-type": contentType,
      "x-amz-date": amzDate(clock.now()),
      ...(target === undefined ? {} : { "x-amz-target": target }),
      ...(key.sessionToken === undefined ? {} : { "x-amz-security-token": key.sessionToken }),
    };
    const signature = authorization({ path, headers, body }, { region, service }, key);
    const sent = { ...headers, accept: "application/json", "user-agent": "tagwarden", authorization: signature };
    return { method: "POST", origin, path, headers: sent, body, region, write: call.write };
  }

  return signedClient(
    {
      account: account.account,
      credentials,
      action: ({ operation }) => `aws:${OPERATIONS[operation].service}:${operation}`,
      sign: signed,
      read: readAnswer,
    },
    deps,
  );
}
