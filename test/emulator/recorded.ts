import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { authorization } from "../../lib/providers/alibaba/sign.ts";
import type { Emulator } from "../../local/emulator/start.ts";

/** A request as an official client sent it, without what differs each time: host, date, nonce and signature. */
export interface Recorded {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What was recorded, by name. */
export function recordedRequests(file: string): (name: string) => Recorded {
  const all = JSON.parse(readFileSync(`test/fixtures/recorded/${file}.json`, "utf8")) as Record<string, Recorded>;
  return (name) => {
    const found = all[name];
    if (found === undefined) throw new Error(`nothing recorded as ${name}`);
    return found;
  };
}

/** Signs a recorded request with an account's keys of the emulator, which differ from the recording's, and sends it. */
export async function sendRecorded({ url, headers }: Recorded, emulator: Emulator, account: string) {
  const { alibaba } = emulator.description;
  const isTemporary = "x-acs-security-token" in headers;
  const own = alibaba.accounts[account];
  const keys: { accessKeyId?: string; accessKeySecret?: string; securityToken?: string } | undefined = isTemporary
    ? own?.temporary
    : own;
  const { accessKeyId = "", accessKeySecret = "", securityToken = "" } = keys ?? {};
  const sent = {
    ...headers,
    ...(isTemporary && { "x-acs-security-token": securityToken, "x-acs-accesskey-id": accessKeyId }),
    "x-acs-date": `${new Date().toISOString().slice(0, 19)}Z`,
    "x-acs-signature-nonce": randomUUID(),
  };
  const [path = "", query = ""] = url.split("?");
  const signed = { method: "POST", path, query, headers: { ...sent, host: new URL(alibaba.endpoint).host } };
  const answer = await fetch(alibaba.endpoint + url, {
    method: "POST",
    headers: { ...sent, authorization: authorization(signed, { accessKeyId, accessKeySecret }) },
  });
  const { RequestId, ...body } = (await answer.json()) as Record<string, unknown>;
  expect(RequestId).toMatch(/^[0-9A-F-]{36}$/);
  return { status: answer.status, body };
}
