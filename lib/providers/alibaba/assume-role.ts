import type { AlibabaAccountConfig, AlibabaOidcRole } from "../../core/config/config.ts";
import { ProviderError } from "../../core/errors.ts";
import { providerError, unexpectedResponse } from "../answer.ts";
import type { ClientDeps } from "../client-deps.ts";
import { endpointFor } from "../endpoint.ts";
import { DEFAULT_TIMEOUT_MS, send as sendOverHttp, type HttpRequest } from "../http.ts";
import { asObject, type JsonObject } from "../../core/json.ts";
import { asText } from "../json.ts";
import { observedCall } from "../observed-call.ts";
import { percentEncode } from "../percent-encode.ts";
import { asksForOthers } from "./asked.ts";
import { readAnswer } from "./errors.ts";
import type { AlibabaClient } from "./client.ts";
import { unexpectedShape } from "./listing.ts";
import type { AlibabaKey } from "./sign.ts";

/** Seconds: the default, and what every role allows; a role may be set to allow more, never less. */
const DURATION_SECONDS = 3600;

export interface AlibabaRoleKey extends AlibabaKey {
  readonly securityToken: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

const form = (fields: Readonly<Record<string, string>>) =>
  Object.entries(fields)
    .map(([name, value]) => `${name}=${percentEncode(value)}`)
    .join("&");

/**
 * A temporary key of a RAM role, in exchange for an OpenID Connect token. The call is not signed: the token says who
 * calls. The token is in the body, where no access log of a proxy keeps it.
 * Throws a ProviderError of kind access that names role, provider and STS's code where it is refused, a retryable one for
 * everything else that STS says or doesn't, and whatever `deps.credential` throws.
 * @see https://www.alibabacloud.com/help/en/ram/developer-reference/api-sts-2015-04-01-assumerolewithoidc
 */
export async function assumeRoleWithOidc(
  account: AlibabaAccountConfig,
  references: AlibabaOidcRole,
  deps: ClientDeps,
): Promise<AlibabaRoleKey> {
  const { clock, credential, timeoutMs = DEFAULT_TIMEOUT_MS, send = sendOverHttp, readOnly = false } = deps;
  const role = await credential(references.roleArn);
  const provider = await credential(references.oidcProviderArn);
  const token = await credential(references.oidcToken);
  const region = stsRegion(account);
  const request: HttpRequest = {
    method: "POST",
    origin: endpointFor(account, region, `sts.${region}.aliyuncs.com`),
    path: `/?${form({
      Action: "AssumeRoleWithOIDC",
      Format: "JSON",
      Timestamp: new Date(clock.now()).toISOString().replace(/\.\d+Z$/, "Z"),
      Version: "2015-04-01",
    })}`,
    headers: {
      accept: "application/json",
      "content-type": "application/x-www-form-urlencoded",
      "user-agent": "tagwarden",
    },
    body: form({
      DurationSeconds: String(DURATION_SECONDS),
      OIDCProviderArn: provider,
      OIDCToken: token,
      ...(readOnly && { Policy: await readingPolicy(account) }),
      RoleArn: role,
      RoleSessionName: references.roleSessionName ?? "tagwarden",
    }),
    region,
    write: false,
  };
  return observedCall(
    { account: account.account, region, action: "alibaba:sts:AssumeRoleWithOIDC" },
    deps,
    async () => {
      const response = await send(request, { timeoutMs });
      let answer: JsonObject;
      try {
        answer = readAnswer(request, response, { resourceIds: [], secrets: () => [token], now: clock.now() });
      } catch (error) {
        throw error instanceof ProviderError
          ? notTaken(error, `the role ${role} can't be taken by way of ${provider}`)
          : error;
      }
      const key = keyIn(answer);
      if (key === undefined) throw unexpectedResponse(request, response, "without credentials");
      return key;
    },
  );
}

/**
 * A temporary key of a RAM role, which the client's own key takes: one of the same account, or of another that the role
 * trusts. Errors are those of the exchange above.
 * @see https://www.alibabacloud.com/help/en/ram/developer-reference/api-sts-2015-04-01-assumerole
 */
export async function assumeRole(
  account: AlibabaAccountConfig,
  role: string,
  sts: AlibabaClient,
  { readOnly = false }: Pick<ClientDeps, "readOnly">,
): Promise<AlibabaRoleKey> {
  const { credentials } = account;
  const session = "roleArn" in credentials ? credentials.roleSessionName : undefined;
  const parameters = {
    DurationSeconds: String(DURATION_SECONDS),
    ...(readOnly && { Policy: await readingPolicy(account) }),
    RoleArn: role,
    RoleSessionName: session ?? "tagwarden",
  };
  const call = { service: "sts", version: "2015-04-01", action: "AssumeRole", write: false, resourceIds: [] } as const;
  let answer: JsonObject;
  try {
    answer = await sts({ ...call, region: stsRegion(account), parameters });
  } catch (error) {
    throw error instanceof ProviderError ? notTaken(error, `the role ${role} can't be taken`) : error;
  }
  const key = keyIn(answer);
  if (key === undefined) throw unexpectedShape(call.action, "credentials", answer);
  return key;
}

/** What is global has no STS of its own. */
const stsRegion = ({ regions }: AlibabaAccountConfig): string =>
  regions.find((region) => region !== "global") ?? "cn-hangzhou";

/** The role's rights are cut down to these. STS takes at most 2,048 characters. */
async function readingPolicy(account: AlibabaAccountConfig): Promise<string> {
  const [{ ALIBABA_PERMISSIONS, alibabaPolicy, wholeAccountReadingPolicy }, { permissionsFor }] = await Promise.all([
    import("./permissions.ts"),
    import("../permission.ts"),
  ]);
  if (asksForOthers(account)) return JSON.stringify(wholeAccountReadingPolicy());
  return JSON.stringify(alibabaPolicy(permissionsFor(ALIBABA_PERMISSIONS, ["read"]), account.account));
}

/**
 * What STS says that only people can change, beside what the table of all of Alibaba Cloud calls a lack of access.
 * @see https://help.aliyun.com/zh/ram/developer-reference/api-sts-2015-04-01-errorcodes
 */
const REFUSALS = /^(AuthenticationFail|EntityNotExist|InvalidParameter)\./;

/** No resource's fault, whatever it is: either a lack of access, or it passes. */
function notTaken(error: ProviderError, what: string): ProviderError {
  const { code, kind, httpStatus, requestId, message, retryAfterMs: hint } = error;
  if (error.retryable) return error;
  const said = message.startsWith(`${code}: `) ? message.slice(code.length + 2) : message;
  const isOurs = kind === "access" || kind === "request" || REFUSALS.test(code);
  return providerError({
    code,
    kind: isOurs ? "access" : "transient",
    message: `${code}: ${what}: ${said}`,
    httpStatus,
    requestId,
    retryAfterMs: hint,
    cause: error,
  });
}

function keyIn(answer: JsonObject): AlibabaRoleKey | undefined {
  const credentials = asObject(answer["Credentials"]);
  const accessKeyId = asText(credentials?.["AccessKeyId"]) ?? "";
  const accessKeySecret = asText(credentials?.["AccessKeySecret"]) ?? "";
  const securityToken = asText(credentials?.["SecurityToken"]) ?? "";
  const expiresAt = Date.parse(asText(credentials?.["Expiration"]) ?? "");
  const isWhole = accessKeyId !== "" && accessKeySecret !== "" && securityToken !== "" && !Number.isNaN(expiresAt);
  return isWhole ? { accessKeyId, accessKeySecret, securityToken, expiresAt } : undefined;
}
