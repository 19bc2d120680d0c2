import { asObject, type JsonObject } from "../../core/json.ts";
import { embeddedObject, firstText, textOf } from "../json/value.ts";
import type { Principal } from "../parsed-event.ts";

/**
 * Who is behind a call, from the `user` of a CTS trace; it is empty where the cloud acted by itself.
 * https://support.huaweicloud.com/intl/en-us/usermanual-cts/cts_03_0010.html
 */
export function huaweiPrincipal(trace: JsonObject): Principal | undefined {
  const user = embeddedObject(trace.user) ?? {};
  const service = invokedBy(user) ?? bySystem(trace);
  const name = withoutDomain(firstText(user.user_name, user.name), asObject(user.domain)?.name);
  if (user.type === "AssumedAgency") return agencyPrincipal(user, name) ?? service;
  if (name === undefined) return service;
  if (user.type === "ExternalUser") return { name, basis: "federated-user" };
  const root = user.principal_is_root_user === "true" || user.principal_is_root_user === true;
  return { name, basis: root ? "root" : "iam-user" };
}

/**
 * An agency's session: `principal_urn` is `sts::DOMAIN:assumed-agency:AGENCY/SESSION`, `principal_id` AGENCY-ID:SESSION.
 * Either may be missing; the session is in both.
 * https://github.com/huaweicloud/huaweicloud-sdk-python-v3: cts v3, UserInfo
 */
function agencyPrincipal(user: JsonObject, name: string | undefined): Principal | undefined {
  const urn = textOf(user.principal_urn) ?? "";
  const [agency, inUrn] = split(urn.slice(urn.lastIndexOf(":") + 1), "/");
  const [agencyId, inId] = split(textOf(user.principal_id) ?? "", ":");
  const session = inUrn === "" ? inId : inUrn;
  if (session === "") {
    if (agency !== "") return { name: `agency/${agency}`, basis: "session-issuer" };
    return name === undefined ? undefined : { name, basis: "session-name" };
  }
  // Without a URN the user's name may be that of the agency, of the session, or of both.
  const [first = ""] = [agency, split(name ?? "", "/")[0], agencyId].filter((one) => one !== "" && one !== session);
  return { name: first === "" ? session : `agency/${first}/${session}`, basis: "session-name" };
}

function split(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

function invokedBy(user: JsonObject): Principal | undefined {
  const name = firstText(...(Array.isArray(user.invoked_by) ? user.invoked_by.slice(0, 8) : [user.invoked_by]));
  return name === undefined ? undefined : { name, basis: "invoked-by" };
}

function bySystem(trace: JsonObject): Principal | undefined {
  const service = trace.trace_type === "SystemAction" ? textOf(trace.service_type) : undefined;
  return service === undefined ? undefined : { name: service, basis: "invoked-by" };
}

/** Older traces write the user as DOMAIN/USER. */
function withoutDomain(name: string | undefined, domain: unknown): string | undefined {
  const prefix = `${textOf(domain) ?? ""}/`;
  return prefix !== "/" && name?.startsWith(prefix) === true ? name.slice(prefix.length) : name;
}
