import type { HttpResponse } from "./http.ts";
import { parseObject, type JsonObject } from "./json.ts";

/** What calls are mostly answered with: a status of success and an object. Undefined for everything else. */
export function plainAnswer({ status, body }: HttpResponse): JsonObject | undefined {
  return status >= 200 && status < 300 ? parseObject(body) : undefined;
}

/** The id of a request that came in a header; empty where there is none. */
export function headerText({ headers }: Pick<HttpResponse, "headers">, name: string): string {
  const text = headers[name];
  return typeof text === "string" ? text : "";
}
