import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { authorization } from "../../lib/providers/huawei/sign.ts";
import { recordingServer } from "../providers/recording-server.ts";
import type { Emulator } from "../../local/emulator/start.ts";
import { globalCaller, type CoreRequest } from "./huawei-clients.ts";

/** A request as the official client sent it, without what differs each time: host, date and signature. */
interface Recorded {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, unknown>>;
}

const all = JSON.parse(readFileSync("test/fixtures/recorded/huawei.json", "utf8")) as Record<string, Recorded>;

export const recordedNames = Object.keys(all);

function recorded(name: string): Recorded {
  const found = all[name];
  if (found === undefined) throw new Error(`nothing recorded as ${name}`);
  return found;
}

/** Whose requests were recorded. */
export const RECORDED_DOMAIN = "fakedomain00000000000000000000000";
export const RECORDED_PROJECT = "fakeproject0000000000000000000000";

/** What the official core client is asked for, so that it sends a recorded request; a list is a parameter that is repeated. */
export function asCoreRequest(name: string, without: readonly string[] = []): CoreRequest {
  const { method, url, body } = recorded(name);
  const { pathname, searchParams } = new URL(url, "http://localhost");
  const queryParams: Record<string, unknown> = {};
  for (const key of new Set(searchParams.keys())) {
    const values = searchParams.getAll(key);
    if (!without.includes(key)) queryParams[key] = values.length === 1 ? values[0] : values;
  }
  return { method, url: pathname, queryParams, ...(body !== undefined && { data: body }) };
}

/** Has the official core client send a recorded request to the emulator, with the keys of the recorded domain. */
export function sendRecorded(name: string, emulator: Emulator, without: readonly string[] = []) {
  const keys = emulator.description.huawei.accounts[RECORDED_DOMAIN];
  if (keys === undefined) throw new Error("the emulator doesn't serve the recorded domain");
  return globalCaller(emulator.description, keys, RECORDED_DOMAIN)(asCoreRequest(name, without));
}

const key = { accessKey: "key", secretKey: "secret" };

/** The query as the signature wants it: sorted by name and value. */
function sortedQuery(query: string): string {
  return query.split("&").sort().join("&");
}

/** How what the official core client sends today differs from what was recorded, and its signature from ours; none = [] */
export async function differences(name: string): Promise<readonly string[]> {
  const { method, url, headers, body } = recorded(name);
  let sentUrl = "";
  await using server = await recordingServer((_, response) => {
    sentUrl = response.req.url ?? "";
    return { body: "{}" };
  });
  const where = { huawei: { endpoint: server.origin, domainId: RECORDED_DOMAIN } };
  await globalCaller(where, key)(asCoreRequest(name));
  const [sent] = server.requests;
  if (sent === undefined) throw new Error("nothing was sent");
  const names = /SignedHeaders=([^,]+)/.exec(sent.headers.authorization ?? "")?.[1]?.split(";") ?? [];
  const ours = authorization(
    {
      method: sent.method,
      path: sent.path,
      query: sortedQuery(sentUrl.split("?")[1] ?? ""),
      headers: Object.fromEntries(names.map((one) => [one, String(sent.headers[one])])),
      body: sent.body,
    },
    key,
  );
  const same: readonly (readonly [what: string, is: boolean])[] = [
    ["method", sent.method === method],
    ["path", sent.path === url.split("?")[0]],
    ["query", sortedQuery(sentUrl.split("?")[1] ?? "") === sortedQuery(url.split("?")[1] ?? "")],
    ["headers", Object.entries(headers).every(([header, value]) => sent.headers[header] === value)],
    ["body", isDeepStrictEqual(sent.body === "" ? undefined : JSON.parse(sent.body), body)],
    ["signature", ours === sent.headers.authorization],
  ];
  return same.filter(([, is]) => !is).map(([what]) => what);
}
