import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { AlertDeliveryError } from "../../../lib/app/ports/alerts.ts";
import type { AlertChannel } from "../../../lib/core/alert/settings.ts";
import { createAwsClients } from "../../../lib/lambda/settings/aws-clients.ts";
import { digestId } from "../../../lib/sinks/chat/digest-id.ts";
import { answeredCode, postWebhook, webhookTarget } from "../../../lib/sinks/chat/post-webhook.ts";
import { createAlertSender } from "../../../lib/sinks/chat/sender.ts";
import { AT, DIGEST } from "../../core/alert/alerts.ts";
import { answering, openReceiver } from "../alert-receiver.ts";

let server: Awaited<ReturnType<typeof openReceiver>>;
beforeAll(async () => {
  server = await openReceiver();
});
afterAll(() => server.close());
beforeEach(() => {
  server.received.length = 0;
});

const MOST_BYTES = 65_536;

const post = (url = server.url) =>
  postWebhook({ channel: "chat", url, body: "{}", signal: AbortSignal.timeout(20_000) }, { now: () => AT });

async function failureOf(sending: Promise<unknown>): Promise<AlertDeliveryError> {
  const error = await sending.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error instanceof AlertDeliveryError ? error : expect.fail(`no such error: ${String(error)}`);
}

describe("a post to a webhook", () => {
  test.each([425, 429, 500])("may be made again after %i", async (status) => {
    server.answerWith(answering(status, ""));
    expect((await failureOf(post())).retryable).toBe(true);
  });

  test.each([300, 399, 400, 426])("is not made again by itself after %i", async (status) => {
    server.answerWith(answering(status, ""));
    const { retryable, message } = await failureOf(post());
    expect(retryable).toBe(false);
    expect(message.includes("redirect")).toBe(status < 400);
  });

  test("has an answer of up to 64 KiB, and one without a byte", async () => {
    server.answerWith(answering(200, "x".repeat(MOST_BYTES)));
    expect(await post()).toHaveLength(MOST_BYTES);
    server.answerWith(answering(200, "x".repeat(MOST_BYTES + 1)));
    expect(await failureOf(post())).toMatchObject({
      retryable: false,
      message: expect.stringContaining("65536 bytes"),
    });
    server.answerWith((response) => response.writeHead(204).end());
    expect(await post()).toBe("");
  });

  test.each([
    ["120", 120_000],
    ["0", 0],
    [new Date(AT - 5_000).toUTCString(), 0],
    ["soon", undefined],
    ["5 minutes", undefined],
  ])("that is told to come back in %j waits for %s ms", async (header, wait) => {
    server.answerWith(answering(503, "", { "retry-after": header }));
    expect((await failureOf(post())).retryAfterMs).toBe(wait);
  });

  test.each(["user@", ":password@", "user:password@"])("is not made to a URL with %s in it", async (credentials) => {
    const { retryable, message } = await failureOf(post(server.url.replace("http://", `http://${credentials}`)));
    expect({ retryable, isNamed: message.includes("user or password") }).toEqual({ retryable: false, isNamed: true });
    expect(server.received).toEqual([]);
  });

  test("is made over https to whatever host, and fails for now where that is not there", async () => {
    const gone = await openReceiver();
    await gone.close();
    const { retryable, message } = await failureOf(post(gone.url.replace("http:", "https:")));
    expect({ retryable, message }).toEqual({
      retryable: true,
      message: "alert channel chat can't be reached (ECONNREFUSED)",
    });
  });

  test("may be made again where its answer breaks off", async () => {
    server.answerWith((response) => {
      response.writeHead(200, { "content-length": "9" }).write("o");
      setTimeout(() => response.destroy(), 50);
    });
    expect((await failureOf(post())).retryable).toBe(true);
  });
});

test.each([
  ["env:URL", "env:URL"],
  ["https://chat.example.com/hooks/s3cret?token=s3cret", "https://chat.example.com"],
  ["http://127.0.0.1:9/s3cret", "http://127.0.0.1:9"],
  ["secret:https://name", "secret:https://name"],
  ["no url", "no url"],
])("whom %s reaches is shown as %s", (url, shown) => {
  expect(webhookTarget(url)).toBe(shown);
});

test.each([
  ['{"code":0}', 0],
  ['{"code":-1,"x":2}', -1],
  ['{"code":"0"}', undefined],
  ['{"code":0.5}', undefined],
  ['{"codes":0}', undefined],
  ["null", undefined],
  ["0", undefined],
  ['"code"', undefined],
  ["", undefined],
])("the code that %j answers is %s", (answer, code) => {
  expect(answeredCode(answer, "code")).toBe(code);
});

describe("a channel without a secret", () => {
  const named = { name: "chat", leastSeverity: "low", url: "env:URL" } as const;
  const send = (channel: AlertChannel, url = `${server.url}/hook?a=b`) =>
    createAlertSender(channel, {
      credential: async (reference) => (reference === "env:URL" ? url : expect.fail(reference)),
      clock: { now: () => AT },
      sns: () => Promise.reject(new Error("no SNS here")),
    }).send(DIGEST, { signal: AbortSignal.timeout(20_000) });

  test("of DingTalk is sent nothing but the message", async () => {
    server.answerWith(answering(200, '{"errcode":0}'));
    await send({ ...named, type: "dingtalk" });
    expect([...(server.received[0]?.query ?? [])]).toEqual([["a", "b"]]);
  });

  test("of Feishu is sent nothing but the message", async () => {
    server.answerWith(answering(200, '{"code":0}'));
    await send({ ...named, type: "feishu" });
    expect(Object.keys(JSON.parse(server.received[0]?.body ?? "") as object)).toEqual(["msg_type", "card"]);
  });

  test.each([
    ["dingtalk", '{"errcode":410100}', 60_000],
    ["dingtalk", '{"errcode":-1}', 60_000],
    ["dingtalk", '{"errcode":40035}', undefined],
    ["feishu", '{"code":11232}', 5_000],
    ["feishu", '{"code":19001}', undefined],
  ] as const)("of %s that answers %s is asked again after %s ms", async (type, body, wait) => {
    server.answerWith(answering(200, body));
    const { retryable, retryAfterMs } = await failureOf(send({ ...named, type }));
    expect({ retryable, retryAfterMs }).toEqual({ retryable: wait !== undefined, retryAfterMs: wait });
  });

  test("of Feishu that answers as its earlier version did has taken it", async () => {
    server.answerWith(answering(200, '{"StatusCode":0,"StatusMessage":"success"}'));
    await send({ ...named, type: "feishu" });
    expect(server.received).toHaveLength(1);
  });

  test("of Slack may end its answer with a line feed", async () => {
    server.answerWith(answering(200, "ok\n"));
    await send({ ...named, type: "slack" });
    expect(server.received).toHaveLength(1);
  });

  test("says its type, which people and metrics know it by", () => {
    const deps = { credential: async (one: string) => one, clock: { now: () => AT }, sns: () => expect.fail() };
    for (const type of ["slack", "dingtalk", "feishu"] as const) {
      expect(createAlertSender({ ...named, type }, deps)).toMatchObject({ type, target: "env:URL" });
    }
    expect(createAlertSender({ ...named, type: "webhook", secret: "env:S" }, deps).type).toBe("webhook");
    expect(createAlertSender({ name: "mail", leastSeverity: "low", type: "sns" }, deps).type).toBe("sns");
  });
});

test.each([
  [400, "Throttling", true],
  [400, "ThrottledException", true],
  [400, "KMSThrottling", true],
  [400, "InvalidParameter", false],
  [403, "AuthorizationError", false],
  [500, "InternalError", true],
])("what SNS answers with %i %s may be sent again: %s", async (status, code, retryable) => {
  const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>no</Message></Error>`;
  server.answerWith(answering(status, `<ErrorResponse>${error}</ErrorResponse>`, { "content-type": "text/xml" }));
  const { sns } = createAwsClients(
    { AWS_ENDPOINT_URL_SNS: server.url },
    { attempts: 1, connectMs: 5_000, answerMs: 60_000 },
  );
  const channel = { type: "sns", name: "mail", leastSeverity: "low", topicArn: "arn:aws:sns:us-east-1:1:t" } as const;
  const sender = createAlertSender(channel, { credential: async (one) => one, clock: { now: () => AT }, sns });
  expect((await failureOf(sender.send(DIGEST, { signal: AbortSignal.timeout(20_000) }))).retryable).toBe(retryable);
});

test("the id of a digest is fit for a header, and the same for the same text alone", () => {
  expect(digestId("run 1, chat")).toMatch(/^tw_[0-9a-f]{32}$/u);
  expect(digestId("run 1, chat")).toBe(digestId("run 1, chat"));
  expect(digestId("run 1, chat")).not.toBe(digestId("run 2, chat"));
});
