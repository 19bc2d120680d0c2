import { asObject, embeddedObject, firstText, textOf, type JsonObject } from "./json-value.ts";
import type { Principal } from "./parsed-event.ts";

/**
 * Who is behind a call, from the `user` of a CTS trace; it is empty where the cloud acted by itself.
 * https://support.huaweicloud.com/intl/en-us/usermanual-cts/cts_03_0010.html
 */
export function huaweiPrincipal(trace: JsonObject): Principal | undefined {
  const user = embeddedObject(trace.user) ?? {};
  const service = invokedBy(user) ?? bySystem(trace);
  const name = withoutDomain(firstText(user.user_name, user.name), asObject(user.domain)?.name);
  if (user.type === "AssumedAgency") {
    // sts::DOMAIN:assumed-agency:AGENCY/SESSION
    const urn = textOf(user.principal_urn) ?? "";
    const [agency, session] = urn.slice(urn.lastIndexOf(":") + 1).split("/");
    if (agency === undefined || agency === "") return name === undefined ? service : { name, basis: "session-name" };
    return session === undefined || session === ""
      ? { name: `agency/${agency}`, basis: "session-issuer" }
      : { name: `agency/${agency}/${session}`, basis: "session-name" };
  }
  if (name === undefined) return service;
  if (user.type === "ExternalUser") return { name, basis: "federated-user" };
  const root = user.principal_is_root_user === "true" || user.principal_is_root_user === true;
  return { name, basis: root ? "root" : "iam-user" };
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
