import { asObject, type JsonObject } from "../../core/json.ts";
import { firstText, textOf } from "../json/value.ts";
import type { Principal } from "../parsed-event.ts";

/**
 * Who is behind a call, from ActionTrail's `userIdentity`.
 * https://www.alibabacloud.com/help/en/actiontrail/latest/actiontrail-event-structure
 */
export function alibabaPrincipal(userIdentity: unknown): Principal | undefined {
  const identity = asObject(userIdentity);
  if (identity === undefined) return undefined;
  const type = textOf(identity.type) ?? "principal-id";
  switch (type) {
    case "root-account":
      return { name: "root", basis: "root" };
    case "assumed-role":
      return rolePrincipal(identity);
    case "system":
      return named(firstText(identity.userName, identity.invokedBy), "invoked-by");
    case "cloudsso-user":
      return named(firstText(identity.userName, identity.principalId), "sso-user");
    default:
      return named(firstText(identity.userName, identity.principalId, identity.accountId), type);
  }
}

/** `principalId` is ROLE-ID:SESSION, `userName` ROLE:SESSION where it is there. */
function rolePrincipal(identity: JsonObject): Principal | undefined {
  const [roleId, session] = split(textOf(identity.principalId));
  const [userName, userSession] = split(textOf(identity.userName));
  const issuer = asObject(asObject(identity.sessionContext)?.sessionIssuer);
  const role = firstText(issuer?.userName, userName, roleId);
  if (role === undefined) return undefined;
  if (role.toLowerCase().startsWith("aliyunservicerolefor")) return { name: `role/${role}`, basis: "service-role" };
  const name = firstText(session, userSession);
  return name === undefined
    ? { name: `role/${role}`, basis: "session-issuer" }
    : { name: `role/${role}/${name}`, basis: "session-name" };
}

function split(text = ""): [string, string] {
  const colon = text.indexOf(":");
  return colon < 0 ? [text, ""] : [text.slice(0, colon), text.slice(colon + 1)];
}

function named(name: string | undefined, basis: string): Principal | undefined {
  return name === undefined ? undefined : { name, basis };
}
