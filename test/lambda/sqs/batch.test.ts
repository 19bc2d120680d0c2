import type { MessageAction } from "../../../lib/app/ports/messages.ts";
import { describe, expect, it } from "vitest";
import { sqsBatch } from "../../../lib/lambda/sqs/batch.ts";
import type { DeadLetter, MessageEnvelope } from "../../../lib/lambda/sqs/messages.ts";
import { attributesOf } from "../../../lib/lambda/sqs/outgoing.ts";
import * as fc from "../../properties.ts";
import { context, failuresOf, HOUR, NOW, parse, record, recorder, refused, settle, taken } from "./records.ts";

describe("an SQS batch", () => {
  it("gives the use case all readable messages at once", async () => {
    const batches: string[][] = [];
    await failuresOf([record("m1"), record("m2"), record("m3", "malformed")], async (messages) => {
      batches.push(messages.map(({ messageId }) => messageId));
      return messages.map(({ messageId }) => ({ messageId, action: "acknowledge" }));
    });
    expect(batches).toEqual([["m1", "m2"]]);
  });

  it("acknowledges what the use case acknowledges", async () => {
    expect(await failuresOf([record("m1"), record("m2")], settle("acknowledge"))).toEqual([]);
  });

  it("reads a body that needs something loaded as one that doesn't", async () => {
    const records = [record("m1"), record("m2", "malformed"), record("m3", "a read"), record("m4")];
    const [now, later] = [recorder(), recorder()];
    const parseLater = async (body: string, envelope: MessageEnvelope) => parse(body, envelope);
    const batches: string[][] = [];
    const answers = [];
    const ways = [[parse, now] as const, [parseLater, later] as const];
    for (const [read, { deps }] of ways) {
      const work = async (messages: readonly MessageEnvelope[]) => {
        batches.push(messages.map(({ messageId }) => messageId));
        return settle("acknowledge")(messages);
      };
      answers.push(await sqsBatch(read, work, deps)({ Records: records }, context));
    }
    expect(batches).toEqual([
      ["m1", "m4"],
      ["m1", "m4"],
    ]);
    expect(answers[0]).toEqual({ batchItemFailures: [{ itemIdentifier: "m2" }] });
    expect(answers[1]).toEqual(answers[0]);
    expect(later.lines).toEqual(now.lines);
    expect(later.counts).toEqual(now.counts);
  });

  it("names what the use case wants redelivered", async () => {
    expect(await failuresOf([record("m1"), record("m2")], settle("redeliver"))).toEqual(["m1", "m2"]);
  });

  it("redelivers a message that the use case forgot", async () => {
    expect(
      await failuresOf([record("m1"), record("m2")], async () => [{ messageId: "m1", action: "acknowledge" }]),
    ).toEqual(["m2"]);
  });

  it("acknowledges and counts a message that is no creation, without asking the use case", async () => {
    const { deps, counts } = recorder();
    const neverCalled = async (): Promise<never> => {
      throw new Error("called");
    };
    expect(await failuresOf([record("m1", "a read")], neverCalled, deps)).toEqual([]);
    expect(counts.get("messagesIgnored")).toBe(1);
  });

  it("redelivers an unreadable message and acknowledges the others", async () => {
    expect(await failuresOf([record("m1", "malformed"), record("m2")], settle("acknowledge"))).toEqual(["m1"]);
  });

  it("logs an unreadable message by id and reason, never by its body", async () => {
    const { deps, lines } = recorder();
    await failuresOf([record("m1", "malformed")], settle("acknowledge"), deps);
    const line = lines.find(({ level }) => level === "error");
    expect(line?.fields).toMatchObject({ messageId: "m1", reason: "the body is not JSON", bytes: 9 });
    expect(JSON.stringify(lines)).not.toContain("malformed");
  });

  const waiting = async (messages: readonly MessageEnvelope[]): Promise<MessageAction[]> =>
    messages.map(({ messageId }) => ({ messageId, action: "send-again", delaySeconds: 30, reason: "Busy: later" }));

  it("acknowledges the original of a message sent again, with its delay and one more send", async () => {
    const { deps, sent } = recorder();
    const attributes = { sendCount: 4, firstSentAt: NOW - HOUR, countedFrom: NOW - HOUR };
    expect(await failuresOf([record("m1", "a creation", { attributes })], waiting, deps)).toEqual([]);
    expect(sent).toEqual([
      {
        messageId: "m1",
        body: "a creation",
        delaySeconds: 30,
        sendCount: 5,
        firstSentAt: NOW - HOUR,
        countedFrom: NOW - HOUR,
      },
    ]);
  });

  it("says in each copy when the first message was sent, and counts its time from there", async () => {
    const { deps, sent } = recorder();
    await failuresOf([record("m1", "a creation", { sentAt: NOW - 5_000 })], waiting, deps);
    expect(sent).toMatchObject([{ sendCount: 1, firstSentAt: NOW - 5_000, countedFrom: NOW - 5_000 }]);
  });

  it("believes no copy that says it was sent first after it was sent", async () => {
    const { deps, sent } = recorder();
    const attributes = { firstSentAt: NOW + HOUR, countedFrom: NOW + HOUR };
    await failuresOf([record("m1", "a creation", { sentAt: NOW, attributes })], waiting, deps);
    expect(sent).toMatchObject([{ firstSentAt: NOW, countedFrom: NOW }]);
  });

  it("counts the time of an expected wait, and of what was sent back by hand, anew", async () => {
    const envelopes: MessageEnvelope[] = [];
    const { deps, sent } = recorder();
    const expected = async (messages: readonly MessageEnvelope[]): Promise<MessageAction[]> => {
      envelopes.push(...messages);
      return messages.map(({ messageId }) => ({
        messageId,
        action: "send-again",
        delaySeconds: 900,
        isExpected: true,
      }));
    };
    const old = { firstSentAt: NOW - 99 * HOUR };
    await failuresOf([record("m1", "a creation", { attributes: { ...old, countedFrom: NOW - HOUR } })], expected, deps);
    expect(sent).toMatchObject([{ firstSentAt: NOW - 99 * HOUR }]);
    expect(sent[0]).not.toHaveProperty("countedFrom");
    await failuresOf([record("m2", "a creation", { attributes: old })], expected, deps);
    expect(envelopes).toMatchObject([
      { ...old, waitsUntil: NOW + 23 * HOUR },
      { ...old, waitsUntil: NOW + 24 * HOUR },
    ]);
  });

  it("never asks SQS for a longer delay than it can wait", async () => {
    const { deps, sent } = recorder();
    await failuresOf([record("m1")], async () => [{ messageId: "m1", action: "send-again", delaySeconds: 4000 }], deps);
    expect(sent[0]?.delaySeconds).toBe(900);
  });

  it("is counted where a message has waited for more than an hour, since nothing else shows it", async () => {
    const { deps, counts, lines } = recorder();
    const since = (ms: number) => ({ attributes: { sendCount: 1, firstSentAt: NOW - ms } });
    await failuresOf([record("m1", "a creation", since(HOUR)), record("m2")], waiting, deps);
    expect(counts.get("messagesWaitingLong")).toBeUndefined();
    const records = [record("m3", "a creation", since(HOUR + 1)), record("m4", "a creation", since(2 * HOUR))];
    await failuresOf([...records, record("m5")], waiting, deps);
    expect(counts.get("messagesWaitingLong")).toBe(2);
    expect(lines.filter(({ level }) => level === "warn")).toMatchObject([
      { fields: { messages: 2, since: "2026-11-22T10:00:00.000Z", why: ["Busy: later"] } },
    ]);
  });

  it("is not counted where its wait is expected, however long it takes", async () => {
    const { deps, counts, sent } = recorder();
    const again = async (messages: readonly MessageEnvelope[]): Promise<MessageAction[]> =>
      messages.map(({ messageId }) => ({ messageId, action: "send-again", delaySeconds: 900, isExpected: true }));
    await failuresOf([record("m1", "a repair", { attributes: { firstSentAt: NOW - 50 * HOUR } })], again, deps);
    expect(sent).toHaveLength(1);
    expect(counts.get("messagesWaitingLong")).toBeUndefined();
  });

  it("redelivers the original where its copy was not taken", async () => {
    const { deps } = recorder();
    const again = async (): Promise<MessageAction[]> => [
      { messageId: "m1", action: "send-again", delaySeconds: 1 },
      { messageId: "m2", action: "send-again", delaySeconds: 1 },
    ];
    const sendAgain = async () => ({ taken: new Set(["m2"]), refused: new Map([["m1", "InternalError"]]) });
    const halfTaken = { ...deps, sendAgain };
    expect(await failuresOf([record("m1"), record("m2")], again, halfTaken)).toEqual(["m1"]);
  });

  it("redelivers the originals where none of their copies was taken, and says why", async () => {
    const { deps, lines } = recorder();
    const failing = { ...deps, sendAgain: async () => refused([{ messageId: "m1" }], "QueueDoesNotExist") };
    expect(await failuresOf([record("m1")], waiting, failing)).toEqual(["m1"]);
    expect(lines).toMatchObject([{ level: "warn", fields: { messages: 1, why: ["QueueDoesNotExist"] } }]);
  });

  const broken = async (): Promise<never> => {
    throw new Error("no table");
  };

  it("comes back with a growing delay where the use case throws, but for what can't be read", async () => {
    const { deps, sent, counts, lines } = recorder();
    const again = record("m2", "a creation", { attributes: { sendCount: 3 } });
    expect(await failuresOf([record("m1"), again, record("m3", "malformed")], broken, deps)).toEqual(["m3"]);
    expect(sent).toMatchObject([
      { messageId: "m1", delaySeconds: 5 },
      { messageId: "m2", delaySeconds: 40 },
    ]);
    expect(counts.get("batchesFailed")).toBe(1);
    expect(lines).toContainEqual(
      expect.objectContaining({ level: "error", fields: expect.objectContaining({ reason: "no table" }) }),
    );
  });

  it("outlives an outage of hours: a message whose use case throws all day is a dead letter after a day, not before", async () => {
    let now = NOW;
    let next = [record("m1")];
    const dead: { readonly at: number; readonly reason: string; readonly firstSentAt: number }[] = [];
    let invocations = 0;
    while (dead.length === 0 && invocations < 1_000) {
      invocations += 1;
      const { deps, sent } = recorder();
      const send = async (letters: readonly DeadLetter[]) => {
        dead.push(...letters.map((letter) => ({ ...letter, at: now })));
        return taken(letters);
      };
      const clock = { now: () => now };
      expect(await failuresOf(next, broken, { ...deps, clock, deadLetters: { attempts: 5, send } })).toEqual([]);
      const [copy] = sent;
      if (copy === undefined) break;
      const { messageId, body, delaySeconds, sendCount, firstSentAt, countedFrom = -1 } = copy;
      next = [record(messageId, body, { sentAt: now, attributes: { sendCount, firstSentAt, countedFrom } })];
      now += delaySeconds * 1_000;
    }
    expect(dead).toMatchObject([{ reason: "no table", firstSentAt: NOW }]);
    expect(dead[0]?.at).toBeGreaterThan(NOW + 23.75 * HOUR);
    expect(dead[0]?.at).toBeLessThanOrEqual(NOW + 24 * HOUR);
    // Eight delays below 15 minutes, and then one in 15 minutes.
    expect(invocations).toBeLessThan(110);
  });

  it("never acknowledges a message that nothing settled", async () => {
    const bodies = fc.constantFrom("a creation", "a read", "malformed");
    const actions = fc.constantFrom("acknowledge", "redeliver", "send-again", "forget");
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ body: bodies, action: actions, copyTaken: fc.boolean() })),
        async (plan) => {
          const { deps } = recorder();
          const failures = await failuresOf(
            plan.map(({ body }, index) => record(String(index), body)),
            async (messages) =>
              messages.flatMap(({ messageId }): MessageAction[] => {
                const action = plan[Number(messageId)]?.action;
                if (action === "send-again") return [{ messageId, action, delaySeconds: 1 }];
                return action === "acknowledge" || action === "redeliver" ? [{ messageId, action }] : [];
              }),
            {
              ...deps,
              sendAgain: async (copies) => ({
                taken: new Set(copies.map(({ messageId }) => messageId).filter((id) => plan[Number(id)]?.copyTaken)),
                refused: new Map(),
              }),
            },
          );
          const expected = plan.flatMap(({ body, action, copyTaken }, index) => {
            const settled = action === "acknowledge" || (action === "send-again" && copyTaken);
            return body === "a read" || (body === "a creation" && settled) ? [] : [String(index)];
          });
          expect(failures).toEqual(expected);
        },
      ),
    );
  });
});

describe("what an SQS batch counts", () => {
  it("is nothing where all is acknowledged", async () => {
    const { deps, counts, lines } = recorder();
    expect(await failuresOf([record("m1"), record("m2")], settle("acknowledge"), deps)).toEqual([]);
    expect(Object.fromEntries(counts)).toEqual({});
    expect(lines).toEqual([]);
  });

  it("is each message by what became of it", async () => {
    const { deps, counts } = recorder();
    const records = [record("m1"), record("m2", "malformed"), record("m3", "a read"), record("m4", "a read")];
    expect(await failuresOf(records, settle("redeliver"), deps)).toEqual(["m1", "m2"]);
    expect(Object.fromEntries(counts)).toEqual({ messagesIgnored: 2, messagesUnreadable: 1, messagesRedelivered: 2 });
  });

  it("names a message that is ignored, and why", async () => {
    const { deps, lines } = recorder();
    await failuresOf([record("m1", "a read"), record("m2")], settle("acknowledge"), deps);
    expect(lines).toMatchObject([{ level: "debug", fields: { messageId: "m1", reason: "not a creation" } }]);
  });
});

describe("a function that can't work yet", () => {
  const unready = async () => Promise.reject(new Error(`no settings${" at all".repeat(100)}`));

  it("reads nothing, does nothing and sends all messages again, even unreadable ones, with a short reason", async () => {
    const { deps, counts, sent, lines } = recorder();
    const never = async (): Promise<never> => expect.fail("it was asked");
    expect(await failuresOf([record("m1"), record("m2", "malformed")], never, { ...deps, ready: unready })).toEqual([]);
    expect(sent.map(({ messageId }) => messageId)).toEqual(["m1", "m2"]);
    expect(Object.fromEntries(counts)).toEqual({ batchesFailed: 1, messagesSentAgain: 2 });
    const [line] = lines.filter(({ level }) => level === "error");
    expect(line?.fields).toEqual({ reason: expect.stringMatching(/^no settings at all.{282}$/) as string });
  });

  it("works once it can", async () => {
    const { deps, sent } = recorder();
    const ready = async () => undefined;
    expect(await failuresOf([record("m1")], settle("redeliver"), { ...deps, ready })).toEqual(["m1"]);
    expect(sent).toEqual([]);
  });
});

describe("a batch without a queue to send to", () => {
  it("goes back where it would be sent again", async () => {
    const { deps } = recorder();
    const { sendAgain: _, ...without } = deps;
    const again = async (): Promise<MessageAction[]> => [{ messageId: "m1", action: "send-again", delaySeconds: 1 }];
    expect(await failuresOf([record("m1")], again, without)).toEqual(["m1"]);
  });

  it("is not asked to send where nothing is sent again", async () => {
    const { deps } = recorder();
    const sendAgain = async () => expect.fail("it was asked");
    expect(await failuresOf([record("m1")], settle("redeliver"), { ...deps, sendAgain })).toEqual(["m1"]);
  });
});

it("a use case is told how long its invocation still lasts", async () => {
  const { deps } = recorder();
  const left: number[] = [];
  const work = async (messages: readonly MessageEnvelope[], deadline: { remainingMs(): number }) => {
    left.push(deadline.remainingMs());
    return settle("acknowledge")(messages);
  };
  await sqsBatch(parse, work, deps)({ Records: [record("m1")] }, context);
  expect(left).toEqual([60_000]);
});

describe("a message that comes back in parts", () => {
  const parts = [
    { from: 2, to: 5 },
    { from: 9, to: 10 },
  ];
  const inParts = async (messages: readonly MessageEnvelope[]) =>
    messages.map(({ messageId }): MessageAction => ({ messageId, action: "send-again", delaySeconds: 3, parts }));

  it("is sent once for each part, and acknowledged", async () => {
    const { deps, sent } = recorder();
    expect(await failuresOf([record("m1")], inParts, deps)).toEqual([]);
    expect(sent).toMatchObject(
      parts.map((part) => ({ messageId: "m1", body: "a creation", delaySeconds: 3, sendCount: 0, part })),
    );
  });

  const ofPart = (stringValue: string, id = "m1") => {
    const one = record(id);
    return { ...one, messageAttributes: { ...one.messageAttributes, part: { dataType: "String", stringValue } } };
  };

  it("says which part it is about, and so does its copy", async () => {
    const { deps, sent } = recorder();
    const seen: (MessageEnvelope["part"] | undefined)[] = [];
    const work = async (messages: readonly MessageEnvelope[]) => {
      seen.push(...messages.map(({ part }) => part));
      return messages.map(({ messageId }): MessageAction => ({ messageId, action: "send-again", delaySeconds: 1 }));
    };
    await failuresOf([ofPart("2-5/9"), ofPart("2-5", "m2")], work, deps);
    expect(seen).toEqual([
      { from: 2, to: 5, of: 9 },
      { from: 2, to: 5 },
    ]);
    expect(sent).toMatchObject(seen.map((part) => ({ sendCount: 1, part })));
    expect(sent.map((copy) => attributesOf(copy)["part"]?.StringValue)).toEqual(["2-5/9", "2-5"]);
  });

  it("says so as a dead letter too, or whoever sends that back would send all of its event", async () => {
    const { deps } = recorder();
    const letters: DeadLetter[] = [];
    const send = async (some: readonly DeadLetter[]) => {
      letters.push(...some);
      return taken(some);
    };
    const giveUp = async (messages: readonly MessageEnvelope[]) =>
      messages.map(({ messageId }): MessageAction => ({ messageId, action: "give-up", reason: "Forbidden" }));
    const given = { ...deps, deadLetters: { attempts: 5, send } };
    await failuresOf([ofPart("2-5"), record("m2")], giveUp, given);
    expect(letters.map(({ messageId, part }) => [messageId, part])).toEqual([
      ["m1", { from: 2, to: 5 }],
      ["m2", undefined],
    ]);
  });

  it.each(["5-2", "-1-4", "a-b", "1-", "2-2", "1-3/", ""])(
    "is about all that its body names where nobody knows the part: %s",
    async (text) => {
      const seen: boolean[] = [];
      const work = async (messages: readonly MessageEnvelope[]) => {
        seen.push(...messages.map((message) => "part" in message));
        return settle("acknowledge")(messages);
      };
      await failuresOf([ofPart(text)], work);
      expect(seen).toEqual([false]);
    },
  );
});
