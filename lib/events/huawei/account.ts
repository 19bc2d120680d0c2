import { asObject, type JsonObject } from "../../core/json.ts";
import { embeddedObject, firstText } from "../json/value.ts";

/** Whose resource a trace tells of. */
export function accountIn(trace: JsonObject): string | undefined {
  const user = embeddedObject(trace.user);
  return firstText(trace.domain_id, asObject(user?.domain)?.id, trace.resource_account_id, user?.account_id);
}
