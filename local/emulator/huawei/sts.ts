import { directoryOf, hasRole, isTrusted } from "../directory.ts";
import { headerOf, type HttpRequest } from "../http-server.ts";
import { isObject, jsonBody, wholeNumber, type HuaweiAnswer, type HuaweiCall, type HuaweiRouter } from "./call.ts";
import { parseSessionPolicy } from "../session-policy.ts";
import { huaweiError } from "./errors.ts";

const URN = /^iam::([^:]+):agency:([\w=+,.@-]{1,64})$/;
const SESSION_NAME = /^[\w=+,.@-]{2,64}$/;
/** Seconds; who comes with a temporary key gets an hour at most. */
const DURATION = { from: 900, to: 43_200, otherwise: 3600 };
const LONGEST_OF_A_CHAIN = 3600;

/** Members have it that were created in the organization. */
const AGENCIES = { usual: "OrganizationAccountAccessAgency", inAnyCase: false };

function readAsked(request: HttpRequest) {
  const body = jsonBody(request, () => huaweiError("PAP5.0009", "the body is not JSON"));
  const {
    agency_urn: urn,
    agency_session_name: session,
    duration_seconds: duration,
    policy: text,
  } = isObject(body) ? body : {};
  const [, account = "", agency = ""] = URN.exec(typeof urn === "string" ? urn : "") ?? [];
  if (account === "") throw huaweiError("PAP5.0009", "agency_urn");
  if (typeof session !== "string" || !SESSION_NAME.test(session)) throw huaweiError("PAP5.0009", "agency_session_name");
  const isChained = headerOf(request, "x-security-token") !== undefined;
  const durations = isChained ? { ...DURATION, to: LONGEST_OF_A_CHAIN } : DURATION;
  const seconds = wholeNumber(duration, durations, () => huaweiError("PAP5.0009", "duration_seconds"));
  const policy = typeof text === "string" ? parseSessionPolicy(text) : undefined;
  if (text !== undefined && policy === undefined) throw huaweiError("PAP5.0009", "policy");
  return { account, agency, session, seconds, policy };
}

/** AssumeAgency: a temporary key of the account whose agency trusts the caller's. */
function assumeAgency({ cloud, account: caller, request }: HuaweiCall): HuaweiAnswer {
  const { account, agency, session, seconds, policy } = readAsked(request);
  const organization = directoryOf("huawei", cloud.organization, cloud.keyring);
  const isServed = cloud.keyring.accounts("huawei").some((one) => one.account === account);
  if (!isServed || !hasRole(organization, account, agency, AGENCIES)) throw huaweiError("PAP5.0004", "agency");
  if (!isTrusted(organization, account, caller)) throw huaweiError("PAP5.0001");
  const expiresAt = Math.floor(cloud.now() / 1000) * 1000 + seconds * 1000;
  const { keyId, secret, securityToken } = cloud.keyring.lend("huawei", account, {
    expiresAt,
    ...(policy !== undefined && { policy }),
  });
  return {
    status: 200,
    body: {
      assumed_agency: { urn: `sts::${account}:assumed-agency:${agency}/${session}`, id: `${agency}:${session}` },
      credentials: {
        expiration: new Date(expiresAt).toISOString(),
        access_key_id: keyId,
        secret_access_key: secret,
        security_token: securityToken,
      },
    },
  };
}

function agencyIn(request: HttpRequest): string {
  try {
    const body: unknown = JSON.parse(request.body.toString("utf8"));
    return isObject(body) && typeof body["agency_urn"] === "string" ? body["agency_urn"] : "";
  } catch {
    return ""; // The call itself will say that this is no JSON.
  }
}

/** STS, of which the call is served that takes an agency with a key. */
export const routeSts: HuaweiRouter = (method, segments) => {
  if (method !== "POST" || segments.join("/") !== "v5/agencies/assume") return undefined;
  return {
    action: "huawei:sts:AssumeAgency",
    facts: (request) => ({ types: ["huawei:iam:agency"], resourceIds: [agencyIn(request)] }),
    global: false,
    tokenErrors: { missing: "APIGW.0301", wrong: "APIGW.0301" },
    usualError: "APIGW.0601",
    run: assumeAgency,
  };
};
