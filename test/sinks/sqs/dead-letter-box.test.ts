import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type MessageAttributeValue,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { POSTPONED } from "../../../lib/app/ports/store-records.ts";
import { SENDER } from "../../../lib/core/config/sender.ts";
import { createAwsClients } from "../../../lib/lambda/settings/aws-clients.ts";
import { sqsDeadLetterBox, type LyingLetter } from "../../../lib/sinks/sqs/dead-letter-box.ts";
import { recordingServer } from "../../providers/recording-server.ts";
import { openAws } from "../aws-clients.ts";

let aws: Awaited<ReturnType<typeof openAws>>;
let sqs: SQSClient;
beforeAll(async () => {
  aws = await openAws();
  sqs = await aws.sqs();
});
afterAll(() => aws.close());

const text = (StringValue: string): MessageAttributeValue => ({ DataType: "String", StringValue });
const since = (time: number): MessageAttributeValue => ({ DataType: "Number", StringValue: String(time) });

let queues = 0;
/** Two queues, with a box for the dead letters of the one that are on the other. */
async function openBox() {
  const create = async (name: string) =>
    (await sqs.send(new CreateQueueCommand({ QueueName: `${name}-${(queues += 1)}` }))).QueueUrl ?? "";
  const [deadLettersUrl, queueUrl] = [await create("dead"), await create("live")];
  const bury = (body: string, MessageAttributes?: Record<string, MessageAttributeValue>) =>
    sqs.send(new SendMessageCommand({ QueueUrl: deadLettersUrl, MessageBody: body, MessageAttributes }));
  const box = () => sqsDeadLetterBox({ client: aws.sqs, deadLettersUrl, queueUrl, hiddenSeconds: 600 });
  const messagesOn = async (QueueUrl: string) => {
    const receive = { QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 0, MessageAttributeNames: ["All"] };
    return (await sqs.send(new ReceiveMessageCommand(receive))).Messages ?? [];
  };
  return {
    box,
    bury,
    deadLettersUrl,
    queueUrl,
    live: () => messagesOn(queueUrl),
    dead: () => messagesOn(deadLettersUrl),
  };
}
const bodiesOf = (letters: readonly LyingLetter[]) => letters.map(({ body }) => body).toSorted();
const numbered = (count: number) => Array.from({ length: count }, (_, n) => `letter ${10 + n}`);

describe("the dead letters of a queue", () => {
  test("are all found, with what stands beside them, more than one request gives", async () => {
    const { box, bury } = await openBox();
    for (const body of numbered(13)) await bury(body, { reason: text(`no ${body}`) });
    const letters = await box().look(100);
    expect(bodiesOf(letters)).toEqual(numbered(13));
    for (const { body, attributes } of letters) expect(attributes).toEqual(new Map([["reason", `no ${body}`]]));
    expect(new Set(letters.map(({ messageId }) => messageId)).size).toBe(13);
  });

  test("are no more than was asked for, and the others can be looked at by others", async () => {
    const { box, bury } = await openBox();
    for (const body of numbered(13)) await bury(body);
    const some = await box().look(11);
    expect(some).toHaveLength(11);
    expect(bodiesOf([...some, ...(await box().look(100))])).toEqual(numbered(13));
  });

  test("wait since they say, but not since later than they were buried", async () => {
    const { box, bury } = await openBox();
    const begun = Date.now();
    await bury("old", { firstSentAt: since(begun - 5_000) });
    await bury("ahead", { firstSentAt: since(begun + 9_000_000) });
    await bury("silent");
    await bury("odd", { firstSentAt: text("a while ago") });
    await bury("below", { firstSentAt: since(-1) });
    const letters = new Map((await box().look(100)).map((letter) => [letter.body, letter]));
    expect(letters.get("old")?.firstSentAt).toBe(begun - 5_000);
    for (const body of ["ahead", "silent", "odd", "below"]) {
      const { firstSentAt, sentAt } = letters.get(body) ?? expect.fail(body);
      expect(sentAt).toBeGreaterThanOrEqual(begun - 1_000);
      expect(firstSentAt).toBe(sentAt);
    }
  });

  test("are looked for no further after an abort", async () => {
    const { box, bury } = await openBox();
    await bury("letter");
    expect(await box().look(100, AbortSignal.abort())).toEqual([]);
    expect(await box().look(100, new AbortController().signal)).toHaveLength(1);
  });

  test("are seen again at once by everybody when they are put back", async () => {
    const { box, bury, dead } = await openBox();
    for (const body of numbered(13)) await bury(body);
    const own = box();
    await own.look(100);
    expect(await dead()).toEqual([]);
    expect(await own.putBack()).toBe(0);
    expect(await box().look(100)).toHaveLength(13);
  });
});

describe("a dead letter that is sent again", () => {
  test("goes to its queue with its time and what our functions said of it, and leaves this one", async () => {
    const { box, bury, live, dead } = await openBox();
    const own = { [POSTPONED]: text("journal"), [SENDER]: text("signedEvents") };
    await bury("letter", { ...own, reason: text("no"), sendCount: since(9), firstSentAt: since(1_000) });
    const opened = box();
    const [letter = expect.fail()] = await opened.look(1);
    await opened.redrive(letter);
    const [message] = await live();
    expect(message?.Body).toBe("letter");
    expect(message?.MessageAttributes).toMatchObject({ ...own, firstSentAt: since(1_000) });
    expect(Object.keys(message?.MessageAttributes ?? {}).toSorted()).toEqual(["firstSentAt", POSTPONED, SENDER].sort());
    expect(await opened.putBack()).toBe(0);
    expect(await dead()).toEqual([]);
  });

  test("says of itself no more than our functions did", async () => {
    const { box, bury, live } = await openBox();
    await bury("letter");
    const opened = box();
    const [letter = expect.fail()] = await opened.look(1);
    await opened.redrive(letter);
    const [message] = await live();
    expect(message?.MessageAttributes).toMatchObject({ firstSentAt: since(letter.sentAt) });
    expect(Object.keys(message?.MessageAttributes ?? {})).toEqual(["firstSentAt"]);
  });

  test("stays where it is when its queue doesn't take it", async () => {
    const { bury, deadLettersUrl, dead } = await openBox();
    await bury("letter");
    const gone = createAwsClients({ AWS_ENDPOINT_URL_SQS: "http://127.0.0.1:9" }, LIMITS);
    const opened = sqsDeadLetterBox({
      client: aws.sqs,
      sendClient: gone.sqs,
      deadLettersUrl,
      queueUrl: "http://127.0.0.1:9/000000000000/elsewhere",
      hiddenSeconds: 600,
    });
    const [letter = expect.fail()] = await opened.look(1);
    await expect(opened.redrive(letter)).rejects.toThrow("ECONNREFUSED");
    expect(await opened.putBack()).toBe(0);
    expect(await dead()).toHaveLength(1);
  });
});

const LIMITS = { attempts: 1, connectMs: 5_000, answerMs: 60_000 };

/** A box over SQS's protocol: what it answers to each request for letters, and to putting them back. */
async function overProtocol(receives: readonly (readonly string[])[], putBack: object = {}) {
  const asked: { readonly action: string; readonly body: Record<string, unknown> }[] = [];
  const server = await recordingServer(({ headers, body }) => {
    const action = String(headers["x-amz-target"]).replace("AmazonSQS.", "");
    const receive = asked.filter((one) => one.action === "ReceiveMessage").length;
    asked.push({ action, body: JSON.parse(body) as Record<string, unknown> });
    const Messages = (receives[receive] ?? []).map((id) => ({
      MessageId: id,
      Body: id,
      ReceiptHandle: `handle ${id} ${receive}`,
      Attributes: { SentTimestamp: "1000" },
    }));
    const answer = action === "ReceiveMessage" ? { Messages } : putBack;
    return { headers: { "content-type": "application/x-amz-json-1.0" }, body: JSON.stringify(answer) };
  });
  const { sqs: client } = createAwsClients({ AWS_ENDPOINT_URL_SQS: server.origin }, LIMITS);
  // Nobody computes digests of made up answers.
  const box = sqsDeadLetterBox({
    client: async () => {
      const opened = await client();
      opened.config.md5 = false;
      return opened;
    },
    deadLettersUrl: `${server.origin}/1/dead`,
    queueUrl: `${server.origin}/1/live`,
    hiddenSeconds: 77,
  });
  return { box, asked, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

describe("SQS, which asks a part of its servers at a time,", () => {
  test("is asked until it has brought nothing new three times in a row", async () => {
    await using sqs = await overProtocol([["a"], [], [], ["b"], ["a"], [], [], ["never"]]);
    expect(bodiesOf(await sqs.box.look(100))).toEqual(["a", "b"]);
    expect(sqs.asked).toHaveLength(7);
  });

  test("is asked for what is still wanted, hidden for so long, with when it was sent", async () => {
    await using sqs = await overProtocol([["a", "b"], ["c"]]);
    expect(bodiesOf(await sqs.box.look(3))).toEqual(["a", "b", "c"]);
    expect(sqs.asked.map(({ body }) => body["MaxNumberOfMessages"])).toEqual([3, 1]);
    expect(sqs.asked[0]?.body).toMatchObject({
      VisibilityTimeout: 77,
      MessageAttributeNames: ["All"],
      MessageSystemAttributeNames: ["SentTimestamp"],
    });
  });

  test("is given the handle that it gave last for a letter, once", async () => {
    await using sqs = await overProtocol([["a"], ["a"]]);
    await sqs.box.look(100);
    await sqs.box.putBack();
    await sqs.box.putBack();
    const puts = sqs.asked.filter(({ action }) => action === "ChangeMessageVisibilityBatch");
    expect(puts.map(({ body }) => body["Entries"])).toEqual([
      [{ Id: "0", ReceiptHandle: "handle a 1", VisibilityTimeout: 0 }],
    ]);
  });

  test("keeps hidden what it fails to put back, and nothing whose handle hides nothing any more", async () => {
    const failed = (Id: string, SenderFault: boolean) => ({ Id, SenderFault, Code: "x" });
    await using sqs = await overProtocol([["a", "b", "c"]], { Failed: [failed("0", false), failed("1", true)] });
    await sqs.box.look(3);
    expect(await sqs.box.putBack()).toBe(1);
  });
});
