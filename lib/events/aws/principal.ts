import { asObject, type JsonObject } from "../../core/json.ts";
import { firstText, textOf } from "../json/value.ts";
import type { Principal } from "../parsed-event.ts";
import { isMadeUp } from "./made-up-session.ts";

/** Calls through these come with the identity of the real caller. */
const CALLS_FOR_OTHERS: ReadonlySet<string> = new Set(["cloudformation.amazonaws.com", "signin.amazonaws.com"]);

/**
 * Who is behind a call, from CloudTrail's `userIdentity`.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
 */
export function awsPrincipal(userIdentity: unknown): Principal | undefined {
  const identity = asObject(userIdentity);
  if (identity === undefined) return undefined;
  const invokedBy = textOf(identity.invokedBy);
  switch (kindOf(identity)) {
    case "AssumedRole":
      return rolePrincipal(identity, invokedBy);
    case "Root":
      // Auto Scaling used to act as the account's root; nobody was signed in.
      return invokedBy !== undefined && !CALLS_FOR_OTHERS.has(invokedBy)
        ? { name: invokedBy, basis: "invoked-by" }
        : { name: "root", basis: "root" };
    case "IAMUser":
      return named(firstText(identity.userName, lastPart(identity.arn, "/"), identity.principalId), "iam-user");
    case "FederatedUser":
      return named(firstText(lastPart(identity.arn, "/"), lastPart(identity.principalId, ":")), "federated-user");
    case "IdentityCenterUser":
      return named(
        firstText(identity.userName, asObject(identity.onBehalfOf)?.userId, identity.principalId),
        "sso-user",
      );
    case "SAMLUser":
      return named(firstText(identity.userName, lastPart(identity.principalId, ":")), "saml-user");
    case "WebIdentityUser":
      return named(firstText(identity.userName, lastPart(identity.principalId, ":")), "web-identity-user");
    case "AWSAccount":
      return named(prefixed("account/", textOf(identity.accountId)) ?? textOf(identity.principalId), "account");
    default:
      return invokedBy === undefined
        ? named(firstText(identity.userName, identity.arn, identity.principalId), "principal-id")
        : { name: invokedBy, basis: "invoked-by" };
  }
}

/** `type` is missing in some records; the rest tells the two common ones. */
function kindOf(identity: JsonObject): string {
  const type = textOf(identity.type);
  if (type !== undefined) return type;
  const arn = textOf(identity.arn) ?? "";
  if (issuerOf(identity) !== undefined || arn.includes(":assumed-role/")) return "AssumedRole";
  return arn.includes(":user/") ? "IAMUser" : "";
}

function rolePrincipal(identity: JsonObject, invokedBy: string | undefined): Principal | undefined {
  const issuer = issuerOf(identity);
  const [, roleFromArn, sessionFromArn] = afterLastColon(textOf(identity.arn)).split("/");
  const role = firstText(issuer?.userName, lastPart(issuer?.arn, "/"), roleFromArn);
  const session = firstText(lastPart(identity.principalId, ":"), sessionFromArn);
  if (isServiceRole(issuer, role)) return named(invokedBy ?? prefixed("role/", role), "service-role");
  // IAM Identity Center names its roles so, and puts the user's name into the session.
  if (role?.startsWith("AWSReservedSSO_") === true && session !== undefined)
    return { name: session, basis: "sso-user" };
  if (role === undefined) return named(session ?? invokedBy, session === undefined ? "invoked-by" : "session-name");
  const source = textOf(asObject(identity.sessionContext)?.sourceIdentity);
  // Whoever takes a role may choose the session's name; the source is set once and stays the same from role to role.
  if (source !== undefined && !isMadeUp(source)) return { name: `role/${role}/${source}`, basis: "source-identity" };
  if (session === undefined || isMadeUp(session)) return { name: `role/${role}`, basis: "session-issuer" };
  return { name: `role/${role}/${session}`, basis: "session-name" };
}

function issuerOf(identity: JsonObject): JsonObject | undefined {
  return asObject(asObject(identity.sessionContext)?.sessionIssuer);
}

function isServiceRole(issuer: JsonObject | undefined, role: string | undefined): boolean {
  return (
    role?.startsWith("AWSServiceRoleFor") === true || textOf(issuer?.arn)?.includes(":role/aws-service-role/") === true
  );
}

function afterLastColon(text = ""): string {
  return text.slice(text.lastIndexOf(":") + 1);
}

/** What stands behind the last separator; undefined where there is none. */
function lastPart(value: unknown, separator: string): string | undefined {
  const text = textOf(value);
  const index = text?.lastIndexOf(separator) ?? -1;
  return index < 0 ? undefined : text?.slice(index + 1);
}

function prefixed(prefix: string, text: string | undefined): string | undefined {
  return text === undefined ? undefined : prefix + text;
}

function named(name: string | undefined, basis: string): Principal | undefined {
  return name === undefined || name === "" ? undefined : { name, basis };
}
