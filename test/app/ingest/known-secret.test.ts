import { describe, expect, it } from "vitest";
import { knownSecret } from "../../../lib/app/ingest/known-secret.ts";

const READ_AGAIN_MS = 10_000;

/** Secrets of which only those who ask for fresh ones see that they were replaced. */
function replaced(kept: string, now: string) {
  const asked: boolean[] = [];
  const read = async (isFresh: boolean): Promise<readonly string[]> => {
    asked.push(isFresh);
    return [isFresh ? now : kept];
  };
  return { asked, isKnown: knownSecret(read) };
}

const fits = (given: string) => (secrets: readonly string[]) => secrets.includes(given);

describe("a secret", () => {
  it("that fits is not read anew", async () => {
    const { asked, isKnown } = replaced("old", "new");
    expect(await isKnown(fits("old"), 0)).toBe(true);
    expect(asked).toEqual([false]);
  });

  it("that was replaced is known to the first request that comes with it", async () => {
    const { asked, isKnown } = replaced("old", "new");
    expect(await isKnown(fits("new"), 0)).toBe(true);
    expect(asked).toEqual([false, true]);
  });

  it("that somebody guesses is looked up once in ten seconds, however often he tries", async () => {
    const { asked, isKnown } = replaced("old", "new");
    for (let at = 0; at < 2 * READ_AGAIN_MS; at += 100) expect(await isKnown(fits("guess"), at)).toBe(false);
    expect(asked.filter((isFresh) => isFresh)).toHaveLength(2);
  });

  it("that can't be read anew refuses nobody, and is asked for again by the next request", async () => {
    let isDown = true;
    const isKnown = knownSecret(async (isFresh) => {
      if (isFresh && isDown) throw new Error("down");
      return [isFresh ? "new" : "old"];
    });
    await expect(isKnown(fits("new"), 0)).rejects.toThrow("down");
    isDown = false;
    expect(await isKnown(fits("new"), 1)).toBe(true);
  });
});
