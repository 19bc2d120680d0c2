import { SQSClient, type SendMessageBatchRequest } from "@aws-sdk/client-sqs";
import { describe, expect, test } from "vitest";
import { sendAll, sendMessages } from "../../../lib/sinks/sqs/send.ts";

type Entries = NonNullable<SendMessageBatchRequest["Entries"]>;
/** What a queue says of a call: which entries it doesn't take, the error that it answers with, or nothing at all. */
type Answer = { readonly refused: (entry: Entries[number]) => boolean } | { readonly error: string } | "hangs up";

const MOST_BYTES = 1_048_576;
const sizeOf = ({ MessageBody = "", MessageAttributes = {} }: Entries[number]): number =>
  Object.entries(MessageAttributes).reduce(
    (sum, [name, { DataType = "", StringValue = "" }]) => sum + Buffer.byteLength(name + DataType + StringValue),
    Buffer.byteLength(MessageBody),
  );

/** SQS by its protocol: it takes what fits, unless it is told otherwise for a call. Bodies that it took, in their order. */
function queue(answerTo: (call: number) => Answer | undefined = () => undefined) {
  const calls: Entries[] = [];
  const bodies: string[] = [];
  const answer = (body: string): Answer | undefined => {
    const { Entries = [] } = JSON.parse(body) as SendMessageBatchRequest;
    calls.push(Entries);
    const said = answerTo(calls.length);
    if (said !== undefined) return said;
    const bytes = Entries.reduce((sum, entry) => sum + sizeOf(entry), 0);
    return bytes > MOST_BYTES ? { error: "BatchRequestTooLong" } : undefined;
  };
  const client = new SQSClient({
    region: "us-east-1",
    credentials: { accessKeyId: "a", secretAccessKey: "s" },
    endpoint: "http://q",
    md5: false,
    maxAttempts: 1,
    requestHandler: {
      async handle(request: { readonly body: string }) {
        const said = answer(request.body);
        if (said === "hangs up") throw Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });
        const headers = { "content-type": "application/x-amz-json-1.0" };
        if (said !== undefined && "error" in said) {
          const body = JSON.stringify({ __type: `com.amazonaws.sqs#${said.error}`, message: said.error });
          return { response: { statusCode: 400, headers, body: Buffer.from(body) } };
        }
        const entries = calls.at(-1) ?? [];
        const isRefused = (entry: Entries[number]): boolean => said?.refused(entry) ?? false;
        const Successful = entries.filter((entry) => !isRefused(entry));
        bodies.push(...Successful.map(({ MessageBody = "" }) => MessageBody));
        const Failed = entries.filter(isRefused).map(({ Id }) => ({ Id, Code: "InternalError", SenderFault: false }));
        const body = JSON.stringify({ Successful: Successful.map(({ Id }) => ({ Id, MessageId: "m" })), Failed });
        return { response: { statusCode: 200, headers, body: Buffer.from(body) } };
      },
    },
  });
  return { calls, bodies, client: async () => client };
}

const messages = (count: number, size = 10) =>
  Array.from({ length: count }, (_, index) => ({ body: `${index} `.padEnd(size, "x") }));
const named = (some: readonly { readonly body: string }[]) => some.map(({ body }) => Number.parseInt(body, 10));
const upTo = (count: number, from = 0) => Array.from({ length: count - from }, (_, index) => index + from);

describe("messages for SQS", () => {
  test("that went before a call which fails are taken, and those behind it are not tried", async () => {
    for (const failure of [{ error: "InternalFailure" }, "hangs up"] as const) {
      const { client, calls, bodies } = queue((call) => (call === 2 ? failure : undefined));
      const { taken, refused } = await sendMessages(client, "http://q", messages(25));
      expect(named(taken)).toEqual(upTo(10));
      expect(named(refused.map(({ message }) => message))).toEqual(upTo(25, 10));
      expect(bodies).toHaveLength(10);
      expect(calls).toHaveLength(2);
    }
  });

  test("that are refused one by one are named with the reason, and the others are taken once", async () => {
    const refuses = { refused: ({ Id }: Entries[number]) => Id === "3" };
    const { client, bodies } = queue((call) => (call === 1 ? refuses : undefined));
    const { taken, refused } = await sendMessages(client, "http://q", messages(20));
    expect(refused).toMatchObject([{ message: { body: expect.stringMatching(/^3 /) }, reason: "InternalError" }]);
    expect(named(taken)).toEqual(upTo(20).filter((index) => index !== 3));
    expect(new Set(bodies).size).toBe(bodies.length);
  });

  test("of which the queue wants fewer bytes at a time go in halves, each once", async () => {
    const sizes = [10, 5, 3];
    const { client, calls, bodies } = queue((call) => {
      const entries = calls[call - 1]?.length ?? 0;
      return sizes.includes(entries) && entries > 2 ? { error: "BatchRequestTooLong" } : undefined;
    });
    const { taken, refused } = await sendMessages(client, "http://q", messages(10));
    expect(named(taken)).toEqual(upTo(10));
    expect(refused).toEqual([]);
    expect(bodies).toHaveLength(10);
  });

  test("that are too long for the queue together with their attributes cost only themselves", async () => {
    const all = [...messages(12), { body: "12 ".padEnd(MOST_BYTES, "x") }, { body: "13 " }];
    const { client, bodies } = queue();
    const { taken, refused } = await sendMessages(client, "http://q", all, () => ({
      MessageAttributes: { sendCount: { DataType: "Number", StringValue: "1" } },
    }));
    expect(named(refused.map(({ message }) => message))).toEqual([12]);
    expect(named(taken)).toEqual([...upTo(12), 13]);
    expect(bodies).toHaveLength(13);
  });

  test("share a call up to 256 KiB, and no further", async () => {
    const fits = queue();
    await sendMessages(fits.client, "http://q", messages(6, 131_072));
    expect(fits.calls.map(({ length }) => length)).toEqual([2, 2, 2]);
    const beyond = queue();
    await sendMessages(beyond.client, "http://q", messages(3, 131_073));
    expect(beyond.calls.map(({ length }) => length)).toEqual([1, 1, 1]);
  });

  test("count with their attributes: name, type and value", async () => {
    const attribute = (value: string) => () => ({
      MessageAttributes: { since: { DataType: "Number", StringValue: value } },
    });
    // 5 + 6 + 5 bytes of attribute.
    const fits = queue();
    await sendMessages(fits.client, "http://q", messages(2, 131_072 - 16), attribute("12345"));
    expect(fits.calls.map(({ length }) => length)).toEqual([2]);
    const beyond = queue();
    await sendMessages(beyond.client, "http://q", messages(2, 131_072 - 16), attribute("123456"));
    expect(beyond.calls.map(({ length }) => length)).toEqual([1, 1]);
  });

  test("that have to be taken all of them are sent again where they weren't, and only they", async () => {
    const { client, bodies } = queue((call) => {
      if (call === 1) return { refused: ({ Id }) => Id === "0" || Id === "7" };
      return call === 2 ? { error: "InternalFailure" } : undefined;
    });
    await sendAll(
      client,
      "http://q",
      messages(15).map(({ body }) => body),
    );
    expect(bodies.map((body) => Number.parseInt(body, 10)).toSorted((a, b) => a - b)).toEqual(upTo(15));
  });

  test("that have to be taken all of them carry with each what was given for all", async () => {
    const { client, calls } = queue((call) => (call === 1 ? { error: "InternalFailure" } : undefined));
    const MessageAttributes = { sender: { DataType: "String", StringValue: "audit" } };
    await sendAll(client, "http://q", ["{}", "[]"], { MessageAttributes });
    expect(calls).toHaveLength(2);
    for (const entry of calls.flat()) expect(entry).toMatchObject({ MessageAttributes });
  });

  test("that are none cost no call", async () => {
    const { client, calls } = queue();
    await sendAll(client, "http://q", []);
    expect(await sendMessages(client, "http://q", [])).toEqual({ taken: [], refused: [] });
    expect(calls).toEqual([]);
  });

  test("that SQS says nothing of are refused, since nobody knows that it took them", async () => {
    const { client } = queue();
    const forgetful = await client();
    forgetful.middlewareStack.add((next) => async (step) => {
      const result = await next(step);
      return { ...result, output: { $metadata: {} } as typeof result.output };
    });
    const { taken, refused } = await sendMessages(async () => forgetful, "http://q", messages(1));
    expect(taken).toEqual([]);
    expect(refused).toMatchObject([{ reason: "SQS said nothing of it" }]);
  });

  test("that have to be taken all of them, and aren't, say why", async () => {
    const { client, calls } = queue(() => ({ error: "QueueDoesNotExist" }));
    await expect(sendAll(client, "http://q", ["{}"])).rejects.toThrow("SQS didn't take a message: QueueDoesNotExist");
    expect(calls).toHaveLength(3);
  });
});
