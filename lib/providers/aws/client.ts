import type { AwsAccountConfig } from "../../core/config/config.ts";
import type { ClientDeps } from "../client-deps.ts";
import { cachedCredentials } from "../credentials.ts";
import { endpointFor } from "../endpoint.ts";
import type { HttpRequest, HttpResponse } from "../http.ts";
import type { JsonObject } from "../../core/json.ts";
import { signedClient } from "../signed-client.ts";
import { fetchAwsKey } from "./credentials.ts";
import { readAnswer } from "./errors.ts";
import { amzDate, authorization, type AwsKey } from "./sign.ts";
import type { XmlElement } from "./xml.ts";

export interface AwsCall {
  readonly operation: keyof typeof OPERATIONS | AwsOperation;
  /** `global` for resources without a region. */
  readonly region: string;
  /** The region that is asked: another one than `region` where that is `global`. */
  readonly home: string;
  readonly body: JsonObject;
  readonly write: boolean;
  readonly resourceIds: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

/** What an answer is read with. */
export type AnswerContext = Parameters<typeof readAnswer>[2];

/** How one operation is called and answered. */
export interface AwsOperation {
  /** As signatures and actions name it. */
  readonly service: string;
  readonly name: string;
  readonly path: string;
  readonly contentType: string;
  readonly accept: string;
  readonly target?: string;
  /** Where it isn't that of the service and the region. */
  readonly host?: ((region: string, suffix: string) => string) | undefined;
  readonly write: (body: JsonObject) => string;
  /** Throws ProviderError for anything but a success. */
  readonly read: (request: HttpRequest, response: HttpResponse, context: AnswerContext) => AwsAnswer;
}

const JSON_1_1 = "application/x-amz-json-1.1";
const JSON_BODIES = {
  accept: "application/json",
  write: (body: JsonObject) => JSON.stringify(body),
  read: readAnswer,
};
const tagging = (name: string) => ({
  service: "tagging",
  name,
  path: "/",
  contentType: JSON_1_1,
  target: `ResourceGroupsTaggingAPI_20170126.${name}`,
  ...JSON_BODIES,
});

/** How each operation is called: JSON 1.1 names it in a header, REST in the path. */
const OPERATIONS = {
  TagResources: tagging("TagResources"),
  UntagResources: tagging("UntagResources"),
  GetResources: tagging("GetResources"),
  SelectResourceConfig: {
    service: "config",
    name: "SelectResourceConfig",
    path: "/",
    contentType: JSON_1_1,
    target: "StarlingDoveService.SelectResourceConfig",
    ...JSON_BODIES,
  },
  ListResources: {
    service: "resource-explorer-2",
    name: "ListResources",
    path: "/ListResources",
    contentType: "application/json",
    ...JSON_BODIES,
  },
} as const satisfies Readonly<Record<string, AwsOperation>>;

const operationOf = ({ operation }: AwsCall): AwsOperation =>
  typeof operation === "string" ? OPERATIONS[operation] : operation;

/** Sends one call and gives its answer. Throws ProviderError and nothing else. */
export type AwsClient = (call: AwsCall) => Promise<AwsAnswer>;

export interface AwsAnswer {
  /** Empty where it was no JSON. */
  readonly body: JsonObject;
  /** What an answer in XML holds. */
  readonly xml?: XmlElement;
  readonly requestId: string;
}

/** What the host names of each partition end in. */
const SUFFIXES = { aws: "amazonaws.com", "aws-cn": "amazonaws.com.cn", "aws-us-gov": "amazonaws.com" } as const;

/** A client for whatever is called with a POST and Signature Version 4: in JSON, or as the operation says. */
export function awsClient(account: AwsAccountConfig, deps: ClientDeps): AwsClient {
  const { clock, timeoutMs, readOnly } = deps;
  const suffix = SUFFIXES[account.partition];
  const credentials = cachedCredentials<AwsKey>(account.account, deps, (credential) =>
    fetchAwsKey(account, { credential, timeoutMs, readOnly }),
  );

  function signed(call: AwsCall, key: AwsKey): HttpRequest {
    const region = call.home;
    const { service, path, contentType, accept, target, host, write } = operationOf(call);
    const cloudHost = host?.(region, suffix) ?? `${service}.${region}.${suffix}`;
    const origin = endpointFor(account, call.region, cloudHost, region);
    const body = write(call.body);
    const headers: Record<string, string> = {
      host: origin.host,
      "content-type": contentType,
      "x-amz-date": amzDate(clock.now()),
      ...(target === undefined ? {} : { "x-amz-target": target }),
      ...(key.sessionToken === undefined ? {} : { "x-amz-security-token": key.sessionToken }),
    };
    const signature = authorization({ path, headers, body }, { region, service }, key);
    const sent = { ...headers, accept, "user-agent": "tagwarden", authorization: signature };
    return { method: "POST", origin, path, headers: sent, body, region, write: call.write };
  }

  return signedClient(
    {
      account: account.account,
      credentials,
      action: (call) => `aws:${operationOf(call).service}:${operationOf(call).name}`,
      sign: signed,
      read: (request, response, { call, ...context }) => operationOf(call).read(request, response, context),
    },
    deps,
  );
}
