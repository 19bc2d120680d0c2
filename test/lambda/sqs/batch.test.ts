import type { MessageAction } from "../../../lib/app/ports/messages.ts";
import { describe, expect, it } from "vitest";
import { sqsBatch, type MessageEnvelope } from "../../../lib/lambda/sqs/batch.ts";
import * as fc from "../../properties.ts";
import { context, failuresOf, parse, record, recorder, settle } from "./records.ts";

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

  it("acknowledges the original of a message sent again, with its delay and one more send", async () => {
    const { deps, sent } = recorder();
    const again = async (): Promise<MessageAction[]> => [{ messageId: "m1", action: "send-again", delaySeconds: 30 }];
    expect(await failuresOf([record("m1", "a creation", "4")], again, deps)).toEqual([]);
    expect(sent).toEqual([{ messageId: "m1", body: "a creation", delaySeconds: 30, sendCount: 5 }]);
  });

  it("never asks SQS for a longer delay than it can wait", async () => {
    const { deps, sent } = recorder();
    await failuresOf([record("m1")], async () => [{ messageId: "m1", action: "send-again", delaySeconds: 4000 }], deps);
    expect(sent[0]?.delaySeconds).toBe(900);
  });

  it("is counted where a message has waited for more than an hour, since nothing else shows it", async () => {
    const { deps, counts, lines } = recorder();
    const again = async (messages: readonly MessageEnvelope[]): Promise<MessageAction[]> =>
      messages.map(({ messageId }) => ({ messageId, action: "send-again", delaySeconds: 900 }));
    await failuresOf([record("m1", "a creation", "10")], again, deps);
    expect(counts.get("messagesWaitingLong")).toBeUndefined();
    await failuresOf([record("m2", "a creation", "11"), record("m3", "a creation", "50"), record("m4")], again, deps);
    expect(counts.get("messagesWaitingLong")).toBe(2);
    expect(lines.filter(({ level }) => level === "warn")).toMatchObject([{ fields: { messages: 2, sendCount: 51 } }]);
  });

  it("is not counted where its wait is expected, however long it takes", async () => {
    const { deps, counts, sent } = recorder();
    const again = async (messages: readonly MessageEnvelope[]): Promise<MessageAction[]> =>
      messages.map(({ messageId }) => ({ messageId, action: "send-again", delaySeconds: 900, isExpected: true }));
    await failuresOf([record("m1", "a repair", "50")], again, deps);
    expect(sent).toHaveLength(1);
    expect(counts.get("messagesWaitingLong")).toBeUndefined();
  });

  it("redelivers the original where its copy was not taken", async () => {
    const { deps } = recorder();
    const again = async (): Promise<MessageAction[]> => [
      { messageId: "m1", action: "send-again", delaySeconds: 1 },
      { messageId: "m2", action: "send-again", delaySeconds: 1 },
    ];
    const halfTaken = { ...deps, sendAgain: async () => new Set(["m2"]) };
    expect(await failuresOf([record("m1"), record("m2")], again, halfTaken)).toEqual(["m1"]);
  });

  it("redelivers the originals where sending fails", async () => {
    const { deps, lines } = recorder();
    const again = async (): Promise<MessageAction[]> => [{ messageId: "m1", action: "send-again", delaySeconds: 1 }];
    const failing = {
      ...deps,
      sendAgain: async (): Promise<never> => {
        throw new Error("QueueDoesNotExist");
      },
    };
    expect(await failuresOf([record("m1")], again, failing)).toEqual(["m1"]);
    expect(lines.map(({ level }) => level)).toEqual(["warn"]);
  });

  it("fails as a whole where the use case throws", async () => {
    const broken = async (): Promise<never> => {
      throw new Error("no policies");
    };
    await expect(failuresOf([record("m1")], broken)).rejects.toThrow("no policies");
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
              sendAgain: async (copies) =>
                new Set(copies.map(({ messageId }) => messageId).filter((id) => plan[Number(id)]?.copyTaken)),
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

describe("a message that comes back in parts", () => {
  const parts = [
    { from: 2, to: 5 },
    { from: 9, to: 10 },
  ];
  const inParts = async (messages: readonly MessageEnvelope[]) =>
    messages.map(({ messageId }): MessageAction => ({ messageId, action: "send-again", delaySeconds: 3, parts }));

  it("is sent once for each part, and acknowledged", async () => {
    const { deps, sent } = recorder();
    expect(await failuresOf([record("m1", "a creation", "7")], inParts, deps)).toEqual([]);
    expect(sent).toEqual(
      parts.map((part) => ({ messageId: "m1", body: "a creation", delaySeconds: 3, sendCount: 0, part })),
    );
  });

  const ofPart = (stringValue: string) => {
    const one = record("m1");
    return { ...one, messageAttributes: { ...one.messageAttributes, part: { dataType: "String", stringValue } } };
  };

  it("says which part it is about, and so does its copy", async () => {
    const { deps, sent } = recorder();
    const seen: (MessageEnvelope["part"] | undefined)[] = [];
    const work = async (messages: readonly MessageEnvelope[]) => {
      seen.push(...messages.map(({ part }) => part));
      return messages.map(({ messageId }): MessageAction => ({ messageId, action: "send-again", delaySeconds: 1 }));
    };
    await failuresOf([ofPart("2-5")], work, deps);
    expect(seen).toEqual([{ from: 2, to: 5 }]);
    expect(sent).toMatchObject([{ sendCount: 1, part: { from: 2, to: 5 } }]);
  });

  it.each(["5-2", "-1-4", "a-b", "1-", "2-2", ""])(
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
