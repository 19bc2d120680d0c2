import type { MessageAction } from "../../../lib/app/ports/messages.ts";
import type { SQSRecord } from "aws-lambda";
import { describe, expect, it } from "vitest";
import type { DeadLetter, MessageEnvelope, SentMessages } from "../../../lib/lambda/sqs/messages.ts";
import { failuresOf, NOW, record, recorder, refused, taken } from "./records.ts";

describe("a message that fails", () => {
  const reasoned = async (messages: readonly MessageEnvelope[]): Promise<MessageAction[]> =>
    messages.map(({ messageId }) => ({ messageId, action: "redeliver", reason: "Odd: nobody knows" }));
  const delivered = (messageId: string, times: number, body?: string): SQSRecord =>
    record(messageId, body, { receiveCount: times });

  function buried(send?: (letters: readonly DeadLetter[]) => Promise<SentMessages>) {
    const letters: DeadLetter[] = [];
    const keep = async (given: readonly DeadLetter[]): Promise<SentMessages> => {
      letters.push(...given);
      return taken(given);
    };
    return { letters, deps: { ...recorder().deps, deadLetters: { attempts: 3, send: send ?? keep } } };
  }

  it("on its last delivery becomes a dead letter with the reason, and is acknowledged", async () => {
    const { letters, deps } = buried();
    expect(await failuresOf([delivered("m1", 3)], reasoned, deps)).toEqual([]);
    expect(letters).toEqual([{ messageId: "m1", body: "a creation", reason: "Odd: nobody knows", firstSentAt: NOW }]);
  });

  it("before its last delivery comes back", async () => {
    const { letters, deps } = buried();
    expect(await failuresOf([delivered("m1", 2)], reasoned, deps)).toEqual(["m1"]);
    expect(letters).toEqual([]);
  });

  it("because it can't be read says so", async () => {
    const { letters, deps } = buried();
    expect(await failuresOf([delivered("m1", 3, "malformed")], reasoned, deps)).toEqual([]);
    expect(letters).toMatchObject([{ reason: "can't be read: the body is not JSON" }]);
  });

  it("because nobody settled it says so", async () => {
    const { letters, deps } = buried();
    await failuresOf([delivered("m1", 3)], async () => [], deps);
    expect(letters).toMatchObject([{ reason: "was not handled in time" }]);
  });

  it("becomes a dead letter at once where it is given up", async () => {
    const { letters, deps } = buried();
    const givingUp = async (): Promise<MessageAction[]> => [
      { messageId: "m1", action: "give-up", reason: "Odd: still" },
    ];
    expect(await failuresOf([delivered("m1", 1)], givingUp, deps)).toEqual([]);
    expect(letters).toMatchObject([{ reason: "Odd: still" }]);
  });

  it("on its last delivery, and whose copy isn't taken, becomes a dead letter that says both", async () => {
    const { letters, deps } = buried();
    const again = async (messages: readonly MessageEnvelope[]): Promise<MessageAction[]> =>
      messages.map(({ messageId }) => ({ messageId, action: "send-again", delaySeconds: 5, reason: "Busy: later" }));
    const sendAgain = async () => refused([{ messageId: "m1" }, { messageId: "m2" }], "no route");
    expect(await failuresOf([delivered("m1", 3), delivered("m2", 2)], again, { ...deps, sendAgain })).toEqual(["m2"]);
    expect(letters).toMatchObject([{ messageId: "m1", reason: "Busy: later; could not be sent again: no route" }]);
  });

  it("goes back where the dead-letter queue takes nothing", async () => {
    const { deps } = buried(async (letters) => refused(letters, "no route"));
    expect(await failuresOf([delivered("m1", 3), delivered("m2", 1)], reasoned, deps)).toEqual(["m1", "m2"]);
  });
});
