import { describe, expect, test } from "vitest";
import { sqsBetween, useQueues } from "./dead-letter-queues.ts";

const { aws, queues } = useQueues();

const BODIES = ["a", "b", "c", "d", "e"];

async function bury(bodies: readonly string[] = BODIES): Promise<void> {
  for (const body of bodies) await queues().put("AuditDeadLetters", body);
}

/** Who lies there for all to see, as the very next look shows. */
async function lying(): Promise<readonly string[]> {
  const { value } = await queues().dlq(["list", "--queue", "audit"]);
  return value().letters.map(({ about = "" }) => about);
}

const AUDIT = ["--queue", "audit"];

describe("everybody sees a dead letter again at once", () => {
  test.each([
    ["that was listed", ["list", ...AUDIT]],
    ["that was not the one to show", ["show", "another", ...AUDIT]],
    ["that was not redriven for want of --apply", ["redrive", "--all", ...AUDIT]],
    ["that is not the one to redrive", ["redrive", "--apply", "--id", "another", ...AUDIT]],
    ["although another queue can't be opened", ["redrive", "--apply", "--all", "--service", "other"]],
  ])("%s", async (_, line) => {
    await bury();
    await queues().dlq(line);
    expect((await lying()).toSorted()).toEqual(BODIES);
  });

  test("that was shown", async () => {
    await bury(["a"]);
    const [letter] = (await queues().dlq(["list"])).value().letters;
    expect(await queues().dlq(["show", letter?.["id"] ?? ""])).toMatchObject({ code: 0 });
    expect(await lying()).toEqual(["a"]);
  });

  test("beside those that were redriven", async () => {
    await bury();
    const { letters } = (await queues().dlq(["list", ...AUDIT])).value();
    const chosen = letters.filter(({ about }) => about === "b" || about === "d").map(({ id = "" }) => id);
    expect(await queues().dlq(["redrive", "--apply", "--id", ...chosen])).toMatchObject({ code: 0 });
    expect((await lying()).toSorted()).toEqual(["a", "c", "e"]);
    expect((await queues().bodiesOn("AuditQueue")).toSorted()).toEqual(["b", "d"]);
  });

  test("that a redrive had not come to when Ctrl-C ended it", async () => {
    await bury();
    const stop = new AbortController();
    let sent = 0;
    const env = await sqsBetween(aws(), (action) => {
      if (action === "SendMessage") sent += 1;
      if (sent === 2) stop.abort("SIGINT");
      return undefined;
    });
    const { code, stderr } = await queues().dlq(["redrive", "--apply", "--all"], { env, signal: stop.signal });
    expect({ code, stderr }).toEqual({ code: 130, stderr: "2 of 5 dead letters sent back\ntagwarden: interrupted\n" });
    const [left, back] = [await lying(), await queues().bodiesOn("AuditQueue")];
    expect([left.length, back.length]).toEqual([3, 2]);
    expect([...left, ...back].toSorted()).toEqual(BODIES);
  });

  test("that a look had found when Ctrl-C ended it", async () => {
    await bury(Array.from({ length: 23 }, (_, index) => `letter ${index}`));
    const stop = new AbortController();
    let looks = 0;
    const env = await sqsBetween(aws(), (action) => {
      if (action === "ReceiveMessage") looks += 1;
      if (looks === 2) stop.abort("SIGINT");
      return undefined;
    });
    const ran = await queues().dlq(["redrive", "--apply", "--all", ...AUDIT], { env, signal: stop.signal });
    expect(ran).toMatchObject({ code: 130, stdout: "" });
    expect(looks).toBe(2);
    expect(await lying()).toHaveLength(23);
  });

  test("that SQS would not send back, and the rest as well", async () => {
    await bury();
    let sent = 0;
    const env = await sqsBetween(aws(), (action) => {
      if (action !== "SendMessage") return undefined;
      sent += 1;
      return sent > 1 ? "refuse" : undefined;
    });
    const { code, stderr } = await queues().dlq(["redrive", "--apply", "--all"], { env });
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^1 of 5 dead letters sent back\ntagwarden: .* can't be sent back: no SendMessage for you\./,
    );
    expect(await lying()).toHaveLength(4);
  });
});

test("where letters can't be put back, the command says when they show up again, and does its work", async () => {
  await bury();
  const env = await sqsBetween(aws(), (action) => (action === "ChangeMessageVisibilityBatch" ? "refuse" : undefined));
  const { code, stderr, value } = await queues().dlq(["list", ...AUDIT], { env });
  expect(code).toBe(0);
  expect(value().letters).toHaveLength(5);
  expect(stderr).toContain("come back by themselves within 20 seconds: no ChangeMessageVisibilityBatch for you\n");
});
