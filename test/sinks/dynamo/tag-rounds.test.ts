import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TagRounds } from "../../../lib/app/ports/tag-rounds.ts";
import { memoryTagRounds } from "../../../lib/sinks/dynamo/memory-tag-rounds.ts";
import { dynamoTagRounds } from "../../../lib/sinks/dynamo/tag-rounds.ts";
import { openAws, TABLE } from "../aws-clients.ts";

let aws: Awaited<ReturnType<typeof openAws>>;
beforeAll(async () => {
  aws = await openAws();
});
afterAll(() => aws.close());

const AT = Date.UTC(2026, 10, 22, 12);
const HOUR = 3_600_000;

let resources = 0;
const newRef = () => ({
  type: "aws:sqs:queue",
  account: "444455556666",
  region: "us-east-1",
  id: `arn:aws:sqs:us-east-1:444455556666:q${(resources += 1)}`,
});

const stores: readonly (readonly [string, () => TagRounds])[] = [
  ["memory", memoryTagRounds],
  ["DynamoDB", () => dynamoTagRounds({ client: aws.dynamodb, table: TABLE })],
];

describe.each(stores)("rounds in %s", (_, open) => {
  const takes = async (rounds: TagRounds, ref: ReturnType<typeof newRef>, events: readonly string[], at = AT) => {
    const answers: string[] = [];
    for (const eventId of events) answers.push(await rounds.take({ ref, key: "env", eventId, changedAt: at }, at));
    return answers;
  };

  it("are three a day, and the next one is a fight until the day is over", async () => {
    const [rounds, ref] = [open(), newRef()];
    expect(await takes(rounds, ref, ["a", "b", "c", "d"])).toEqual(["round", "round", "round", "fight"]);
    expect(await takes(rounds, ref, ["e"], AT + 23 * HOUR)).toEqual(["fight"]);
    expect(await takes(rounds, ref, ["f"], AT + 24 * HOUR)).toEqual(["round"]);
  });

  it("count an event once, however often it is delivered", async () => {
    const [rounds, ref] = [open(), newRef()];
    expect(await takes(rounds, ref, ["a", "a", "a", "a", "b", "c", "b"])).not.toContain("fight");
    expect(await takes(rounds, ref, ["d"])).toEqual(["fight"]);
  });

  it("are counted apart for each key and each resource", async () => {
    const [rounds, ref] = [open(), newRef()];
    await takes(rounds, ref, ["a", "b", "c"]);
    expect(await rounds.take({ ref, key: "owner", eventId: "d" }, AT)).toBe("round");
    expect(await rounds.take({ ref: newRef(), key: "env", eventId: "d" }, AT)).toBe("round");
  });

  it("are three as well where eight ask at once", async () => {
    const [rounds, ref] = [open(), newRef()];
    const asked = Array.from({ length: 8 }, (_, n) => rounds.take({ ref, key: "env", eventId: `e${n}` }, AT));
    expect((await Promise.all(asked)).filter((answer) => answer === "round")).toHaveLength(3);
  });

  it.each([
    ["a quarter of an hour before", -15 * 60_000, "ours"],
    ["at the same time", 0, "ours"],
    ["a quarter of an hour after", 15 * 60_000, "ours"],
    ["more than that before", -15 * 60_000 - 1, "round"],
    ["more than that after", 15 * 60_000 + 1, "round"],
  ])("are none for what a command of ours has changed: %s", async (_, later, answer) => {
    const [rounds, ref] = [open(), newRef()];
    await rounds.noteOurs([{ ref, key: "env" }], AT);
    const asked = { ref, eventId: "a", changedAt: AT + later };
    expect(await rounds.take({ ...asked, key: "env" }, AT + 24 * HOUR)).toBe(answer);
    expect(await rounds.take({ ...asked, key: "owner" }, AT)).toBe("round");
  });

  it("are none where nobody knows when it was changed, and a command of ours has", async () => {
    const [rounds, ref] = [open(), newRef()];
    await rounds.noteOurs([{ ref, key: "env" }], AT);
    expect(await rounds.take({ ref, key: "env", eventId: "a" }, AT + HOUR)).toBe("ours");
  });

  it("are still counted after a command of ours", async () => {
    const [rounds, ref] = [open(), newRef()];
    await takes(rounds, ref, ["a", "b", "c"]);
    await rounds.noteOurs([{ ref, key: "env" }], AT - HOUR);
    expect(await takes(rounds, ref, ["d"])).toEqual(["fight"]);
  });
});

describe("rounds in DynamoDB", () => {
  it("are told to be DynamoDB's where it can't be asked", async () => {
    const rounds = dynamoTagRounds({ client: () => Promise.reject(new Error("no route")), table: TABLE });
    await expect(rounds.take({ ref: newRef(), key: "env", eventId: "a" }, AT)).rejects.toThrow("DynamoDB: no route");
  });
});
