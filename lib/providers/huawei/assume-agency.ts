import type { HuaweiAccountConfig } from "../../core/config/config.ts";
import { ProviderError } from "../../core/errors.ts";
import { asObject, type JsonObject } from "../../core/json.ts";
import { providerError } from "../answer.ts";
import type { ClientDeps } from "../client-deps.ts";
import { asText } from "../json.ts";
import type { HuaweiClient } from "./client.ts";
import { unexpectedShape } from "./listing.ts";
import type { HuaweiKey } from "./sign.ts";

/** Seconds: the default, and the most that somebody gets who comes with a temporary key. */
const DURATION_SECONDS = 3600;

interface AgencyKey extends HuaweiKey {
  readonly securityToken: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/**
 * A temporary key of an agency, which the client's own key takes: one of the same account, or of another that the agency
 * trusts. Throws a ProviderError of kind access that names the agency and STS's code where it is refused, and a retryable
 * one for everything else that STS says or doesn't.
 * @see https://support.huaweicloud.com/intl/en-us/api-iam5/AssumeAgency.html
 */
export async function assumeAgency(
  account: HuaweiAccountConfig,
  agency: string,
  sts: HuaweiClient,
  { readOnly = false }: Pick<ClientDeps, "readOnly">,
): Promise<AgencyKey> {
  const action = "AssumeAgency";
  const region = account.regions.find((one) => one !== "global") ?? "global";
  const call = { service: "sts", action, method: "POST", path: "/v5/agencies/assume", region } as const;
  const body = {
    agency_urn: agency,
    agency_session_name: "tagwarden",
    duration_seconds: DURATION_SECONDS,
    ...(readOnly && { policy: await readingPolicy(account) }),
  };
  try {
    const answer = await sts({ ...call, body, write: false, resourceIds: [] });
    const key = keyIn(answer.body);
    if (key === undefined) throw unexpectedShape(action, answer.requestId);
    return key;
  } catch (error) {
    throw error instanceof ProviderError ? notTaken(error, `the agency ${agency} can't be taken`) : error;
  }
}

/** The agency's rights are cut down to these. */
async function readingPolicy(account: HuaweiAccountConfig): Promise<string> {
  const { huaweiReadingPolicy } = await import("./reading-policy.ts");
  return JSON.stringify(huaweiReadingPolicy(account));
}

/** No resource's fault, whatever it is: either a lack of access, or it passes. What STS refuses with 4xx only people change. */
function notTaken(error: ProviderError, what: string): ProviderError {
  const { code, kind, httpStatus, requestId, message, retryAfterMs } = error;
  if (error.retryable) return error;
  const said = message.startsWith(`${code}: `) ? message.slice(code.length + 2) : message;
  const isOurs = kind === "access" || kind === "request" || (code.startsWith("PAP5.") && httpStatus < 500);
  return providerError({
    code,
    kind: isOurs ? "access" : "transient",
    message: `${code}: ${what}: ${said}`,
    httpStatus,
    requestId,
    retryAfterMs,
    cause: error,
  });
}

function keyIn(body: JsonObject): AgencyKey | undefined {
  const credentials = asObject(body["credentials"]);
  const accessKey = asText(credentials?.["access_key_id"]) ?? "";
  const secretKey = asText(credentials?.["secret_access_key"]) ?? "";
  const securityToken = asText(credentials?.["security_token"]) ?? "";
  const expiresAt = Date.parse(asText(credentials?.["expiration"]) ?? "");
  const isWhole = accessKey !== "" && secretKey !== "" && securityToken !== "" && !Number.isNaN(expiresAt);
  return isWhole ? { accessKey, secretKey, securityToken, expiresAt } : undefined;
}
