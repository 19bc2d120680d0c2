import type { HttpResponse } from "../../lib/providers/http.ts";

/** Where an answer says which page is next, it says this one instead. */
export function repeatToken(response: HttpResponse, token: string): HttpResponse {
  // Where an answer is XML, its listing is shorter than a page.
  if (response.status !== 200 || response.body.startsWith("<")) return response;
  const body = JSON.parse(response.body) as Record<string, unknown>;
  for (const name of ["NextToken", "PaginationToken"]) {
    const next = body[name];
    if (typeof next === "string" && next !== "" && next !== "-1") body[name] = token;
  }
  const info = body["page_info"];
  if (typeof info === "object" && info !== null && "next_marker" in info) {
    body["page_info"] = { ...info, next_marker: token };
  }
  return { ...response, body: JSON.stringify(body) };
}
