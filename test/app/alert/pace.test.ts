import { describe, expect, it } from "vitest";
import { createPace, waitForTurn } from "../../../lib/app/alert/pace.ts";
import { AT, sleepingClock } from "../audit-world.ts";

/** How late each of these messages to a channel of twenty a minute goes, in seconds; undefined = not in this time. */
async function turns(messages: number, seconds: number): Promise<(number | undefined)[]> {
  const clock = sleepingClock();
  const pace = createPace(clock);
  const deadline = { remainingMs: () => AT + seconds * 1_000 - clock.now() };
  const late = [];
  for (let message = 0; message < messages; message += 1) {
    const isItsTurn = await waitForTurn(pace, { channel: "chat", perMinute: 20 }, { clock, deadline });
    late.push(isItsTurn ? (clock.now() - AT) / 1_000 : undefined);
  }
  return late;
}

describe("messages to a channel that takes twenty a minute", () => {
  it("go at once as long as it takes them, then wait for the next minute", async () => {
    const late = await turns(45, 300);
    expect(late.slice(0, 20)).toEqual(Array(20).fill(0));
    expect(late.slice(20, 40)).toEqual(Array(20).fill(60));
    expect(late.slice(40)).toEqual(Array(5).fill(120));
  });

  it("are left where there is no time to wait, while those to another channel go", async () => {
    expect(await turns(22, 30)).toEqual([...Array(20).fill(0), undefined, undefined]);
    const clock = sleepingClock();
    const pace = createPace(clock);
    for (let message = 0; message < 20; message += 1) pace.take("chat", 20);
    const deadline = { remainingMs: () => 0 };
    expect(await waitForTurn(pace, { channel: "other", perMinute: 20 }, { clock, deadline })).toBe(true);
    expect(await waitForTurn(pace, { channel: "chat", perMinute: 20 }, { clock, deadline })).toBe(false);
  });
});
