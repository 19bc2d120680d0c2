import type { MessageAction } from "../../../lib/app/ports/messages.ts";
import type { SQSRecord } from "aws-lambda";
import { describe, expect, it } from "vitest";
import type { MessageEnvelope } from "../../../lib/lambda/sqs/batch.ts";
import type { DeadLetter } from "../../../lib/lambda/sqs/messages.ts";
import { failuresOf, record, recorder } from "./records.ts";

describe("a message that fails", () => {
  const reasoned = async (messages: readonly MessageEnvelope[]): Promise<MessageAction[]> =>
    messages.map(({ messageId }) => ({ messageId, action: "redeliver", reason: "Odd: nobody knows" }));
  const delivered = (messageId: string, times: number, body?: string): SQSRecord => {
    const one = record(messageId, body);
    return { ...one, attributes: { ...one.attributes, ApproximateReceiveCount: String(times) } };
  };

  function buried(send?: (letters: readonly DeadLetter[]) => Promise<ReadonlySet<string>>) {
    const letters: DeadLetter[] = [];
    const keep = async (given: readonly DeadLetter[]): Promise<ReadonlySet<string>> => {
      letters.push(...given);
      return new Set(given.map(({ messageId }) => messageId));
    };
    return { letters, deps: { ...recorder().deps, deadLetters: { attempts: 3, send: send ?? keep } } };
  }

  it("on its last delivery becomes a dead letter with the reason, and is acknowledged", async () => {
    const { letters, deps } = buried();
    expect(await failuresOf([delivered("m1", 3)], reasoned, deps)).toEqual([]);
    expect(letters).toEqual([{ messageId: "m1", body: "a creation", reason: "Odd: nobody knows" }]);
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

  it("is left to the queue where the dead-letter queue takes nothing", async () => {
    const { deps } = buried(async () => new Set());
    expect(await failuresOf([delivered("m1", 3)], reasoned, deps)).toEqual(["m1"]);
  });

  it("is left to the queue where the dead-letter queue can't be reached", async () => {
    const { deps } = buried(async () => {
      throw new Error("no route");
    });
    expect(await failuresOf([delivered("m1", 3), delivered("m2", 1)], reasoned, deps)).toEqual(["m1", "m2"]);
  });
});
