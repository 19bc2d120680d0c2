import { expect, test } from "vitest";
import { createTurns } from "../../lib/core/turns.ts";

test("one begins when the one before it has ended, in the order in which they came", async () => {
  const inTurn = createTurns();
  const events: string[] = [];
  const work = (name: string) => async () => {
    events.push(`${name} begins`);
    await Promise.resolve();
    events.push(`${name} ends`);
    return name;
  };
  expect(await Promise.all([inTurn(work("a")), inTurn(work("b"))])).toEqual(["a", "b"]);
  expect(events).toEqual(["a begins", "a ends", "b begins", "b ends"]);
});

test("one that fails takes nothing from the next one", async () => {
  const inTurn = createTurns();
  const failing = inTurn(async () => Promise.reject(new Error("no")));
  const next = inTurn(async () => "done");
  await expect(failing).rejects.toThrow("no");
  expect(await next).toBe("done");
});
