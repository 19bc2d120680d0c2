import { webcrypto } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Webhook } from "standardwebhooks";
import { AlertDeliveryError, type AlertSender } from "../../../lib/app/ports/alerts.ts";
import type { AlertChannel } from "../../../lib/core/alert/settings.ts";
import { createAlertSender } from "../../../lib/sinks/chat/sender.ts";
import { AT, DIGEST, longDigest } from "../../core/alert/alerts.ts";
import { answering, hanging, openReceiver, type Received } from "../alert-receiver.ts";

const SECRET = "SECverysecret0123456789";
const SIGNING = `whsec_${Buffer.from("a key of twenty-four byte").toString("base64")}`;
/** A part of each URL that opens the channel. */
const TOKEN = "T0KEN-B0TH-SECRET";

let server: Awaited<ReturnType<typeof openReceiver>>;
beforeAll(async () => {
  server = await openReceiver();
});
afterAll(() => server.close());

/** HMAC-SHA256 by another implementation than ours: WebCrypto. */
async function hmac(key: string, text: string): Promise<string> {
  const imported = await webcrypto.subtle.importKey(
    "raw",
    new TextEncoder().encode(key),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign"],
  );
  return Buffer.from(await webcrypto.subtle.sign("HMAC", imported, new TextEncoder().encode(text))).toString("base64");
}

interface Kind {
  readonly channel: (url: string) => AlertChannel;
  readonly accepts: string;
  /** Throws where the request isn't signed as the channel's documentation says. */
  readonly checkSignature: (request: Received) => Promise<void>;
  /** The message without time and signature. */
  readonly unsigned: (body: string) => string;
  readonly mostBytes: number;
}

const named = { name: "chat", leastSeverity: "low" } as const;
const KINDS: Readonly<Record<string, Kind>> = {
  slack: {
    channel: (url) => ({ ...named, type: "slack", url }),
    accepts: "ok",
    checkSignature: async ({ path }) => expect(path).toContain(TOKEN),
    unsigned: (body) => body,
    mostBytes: 40_000,
  },
  dingtalk: {
    channel: (url) => ({ ...named, type: "dingtalk", url, secret: "env:SECRET" }),
    accepts: '{"errcode":0,"errmsg":"ok"}',
    async checkSignature({ query }) {
      const timestamp = query.get("timestamp") ?? "";
      expect(Math.abs(Number(timestamp) - AT)).toBeLessThan(HOUR_MS);
      expect(query.get("sign")).toBe(await hmac(SECRET, `${timestamp}\n${SECRET}`));
      expect(query.get("access_token")).toBe(TOKEN);
    },
    unsigned: (body) => body,
    mostBytes: 20_000,
  },
  feishu: {
    channel: (url) => ({ ...named, type: "feishu", url, secret: "env:SECRET" }),
    accepts: '{"code":0,"msg":"success","data":{}}',
    async checkSignature({ body }) {
      const { timestamp, sign } = JSON.parse(body) as { readonly timestamp: string; readonly sign: string };
      expect(Math.abs(Number(timestamp) * 1000 - AT)).toBeLessThan(HOUR_MS);
      expect(sign).toBe(await hmac(`${timestamp}\n${SECRET}`, ""));
    },
    unsigned: (body) => body.replace(/^\{"timestamp":"\d+","sign":"[^"]+",/u, "{"),
    mostBytes: 20_000,
  },
  webhook: {
    channel: (url) => ({ ...named, type: "webhook", url, secret: "env:SIGNING" }),
    accepts: "",
    async checkSignature({ body, headers }) {
      // The library refuses times that are not now, so the request says that it is from now.
      const signed = new Webhook(SIGNING);
      const id = String(headers["webhook-id"]);
      const then = new Date(Number(headers["webhook-timestamp"]) * 1000);
      expect(then.getTime()).toBe(AT);
      expect(headers["webhook-signature"]).toBe(signed.sign(id, then, body));
    },
    unsigned: (body) => body,
    mostBytes: 1_000_000,
  },
};
const HOUR_MS = 3_600_000;

const place = () => `${server.url}/hooks/${TOKEN}?access_token=${TOKEN}`;
const credentials = (url: string): Readonly<Record<string, string>> => ({
  "env:URL": url,
  "env:SECRET": SECRET,
  "env:SIGNING": SIGNING,
});

function open({ channel }: Kind, url: string): AlertSender {
  return createAlertSender(channel("env:URL"), {
    credential: async (reference) => credentials(url)[reference] ?? reference,
    clock: { now: () => AT },
    sns: () => Promise.reject(new Error("no SNS here")),
  });
}

async function failure(sender: AlertSender, signal = AbortSignal.timeout(20_000)): Promise<AlertDeliveryError> {
  try {
    await sender.send(DIGEST, { signal });
  } catch (error) {
    if (error instanceof AlertDeliveryError) return error;
    throw error;
  }
  throw new Error("it was taken");
}

describe.each(Object.entries(KINDS))("a channel of type %s", (_, kind) => {
  beforeEach(() => {
    server.received.length = 0;
    server.answerWith(answering(200, kind.accepts));
  });

  it("posts JSON that is signed as documented", async () => {
    await open(kind, place()).send(DIGEST, { signal: AbortSignal.timeout(20_000) });
    const [request] = server.received;
    expect(server.received).toHaveLength(1);
    expect(request?.headers["content-type"]).toBe("application/json; charset=utf-8");
    if (request !== undefined) await kind.checkSignature(request);
  });

  it("sends byte for byte what it shows, apart from time and signature", async () => {
    const sender = open(kind, place());
    await sender.send(DIGEST, { signal: AbortSignal.timeout(20_000) });
    expect(kind.unsigned(server.received[0]?.body ?? "")).toBe(sender.bodyOf(DIGEST));
  });

  it("keeps within its limits whatever it has to tell", () => {
    const sender = open(kind, place());
    for (const name of ["x".repeat(40), "资源<!channel>&".repeat(5), "\u{1F4A5}".repeat(20)]) {
      const body = sender.bodyOf(longDigest(60, name));
      expect(Buffer.byteLength(body)).toBeLessThanOrEqual(kind.mostBytes);
    }
  });

  it.each([500, 503, 408])("may be tried again after %i", async (status) => {
    server.answerWith(answering(status, "no"));
    expect(await failure(open(kind, place()))).toMatchObject({ retryable: true });
  });

  it("says how long a channel that is busy asks to wait", async () => {
    server.answerWith(answering(429, "slow down", { "retry-after": "7" }));
    expect(await failure(open(kind, place()))).toMatchObject({ retryable: true, retryAfterMs: 7_000 });
    server.answerWith(answering(429, "slow down", { "retry-after": new Date(AT + 9_000).toUTCString() }));
    expect(await failure(open(kind, place()))).toMatchObject({ retryAfterMs: 9_000 });
  });

  it.each([400, 403, 404, 410])("is not tried again by itself after %i", async (status) => {
    server.answerWith(answering(status, "invalid_payload"));
    expect(await failure(open(kind, place()))).toMatchObject({ retryable: false });
  });

  it("follows no redirect", async () => {
    server.answerWith((response, { path }) =>
      path === "/elsewhere"
        ? response.end(kind.accepts)
        : response.writeHead(307, { location: `${server.url}/elsewhere` }).end(),
    );
    const { message, retryable } = await failure(open(kind, place()));
    expect({ message, retryable }).toEqual({
      message: "alert channel chat answered with a redirect (307), which is not followed",
      retryable: false,
    });
    expect(server.received).toHaveLength(1);
  });

  it("gives up on a server that hangs, or trickles", async () => {
    server.answerWith(hanging);
    expect(await failure(open(kind, place()), AbortSignal.timeout(50))).toMatchObject({ retryable: true });
    server.answerWith((response) => void response.writeHead(200, { "content-length": "9" }).write("o"));
    expect(await failure(open(kind, place()), AbortSignal.timeout(50))).toMatchObject({ retryable: true });
  });

  it("may be tried again where nobody listens", async () => {
    const gone = await openReceiver();
    await gone.close();
    expect(await failure(open(kind, `${gone.url}/${TOKEN}`))).toMatchObject({
      retryable: true,
      message: "alert channel chat can't be reached (ECONNREFUSED)",
    });
  });

  it("sends over plain http to this machine alone", async () => {
    for (const url of [`http://chat.example.com/${TOKEN}`, `ftp://127.0.0.1/${TOKEN}`, `not a url ${TOKEN}`]) {
      expect(await failure(open(kind, url))).toMatchObject({ retryable: false });
    }
  });

  it("never says its URL, its secrets, or what was answered", async () => {
    const echo = `${TOKEN} ${SECRET} ${SIGNING}`;
    for (const status of [200, 302, 400, 429, 500]) {
      if (status === 200 && kind.accepts === "") continue;
      server.answerWith(answering(status, echo, { location: `/${TOKEN}` }));
      const error = await failure(open(kind, place()));
      const said = `${error.message} ${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`;
      for (const secret of [TOKEN, SECRET, SIGNING, "/hooks/"]) expect(said).not.toContain(secret);
    }
  });

  it("reads no answer that is longer than a chat's", async () => {
    server.answerWith(answering(200, "x".repeat(100_000)));
    expect(await failure(open(kind, place()))).toMatchObject({ retryable: false });
  });

  it("may be tried again where a server is down, however long its error page is", async () => {
    server.answerWith(answering(503, "x".repeat(100_000)));
    expect(await failure(open(kind, place()))).toMatchObject({ retryable: true });
  });
});

it("channels are sent no more messages a minute than their documentation allows", () => {
  const rates = Object.entries(KINDS).map(([type, kind]) => [type, open(kind, place()).perMinute]);
  expect(Object.fromEntries(rates)).toEqual({ slack: 60, dingtalk: 20, feishu: 100, webhook: undefined });
});

describe("an answer of 200 that is an error", () => {
  it.each([
    ["slack", "no_service", false],
    ["dingtalk", '{"errcode":310000,"errmsg":"sign not match"}', false],
    ["dingtalk", '{"errcode":130101,"errmsg":"send too fast"}', true],
    ["dingtalk", "<html>", false],
    ["feishu", '{"code":19021,"msg":"sign match fail"}', false],
    ["feishu", '{"code":11232,"msg":"frequency limited"}', true],
    ["feishu", "{}", false],
  ])("of %s, %s, is a failure", async (type, body, retryable) => {
    const kind = KINDS[type];
    if (kind === undefined) throw new Error(type);
    server.answerWith(answering(200, body));
    expect(await failure(open(kind, place()))).toMatchObject({ retryable });
  });
});
