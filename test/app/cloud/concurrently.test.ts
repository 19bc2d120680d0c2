import { expect, test } from "vitest";
import { concurrently } from "../../../lib/app/cloud/concurrently.ts";

const turn = async () => new Promise<void>((resolve) => setImmediate(resolve));

test("no more than the limit run at a time, and results keep the order of the items", async () => {
  let running = 0;
  let most = 0;
  const results = await concurrently([3, 1, 2, 5, 4], 2, async (item) => {
    running += 1;
    most = Math.max(most, running);
    for (let wait = 0; wait < item; wait += 1) await turn();
    running -= 1;
    return item * 10;
  });
  expect(results).toEqual([30, 10, 20, 50, 40]);
  expect(most).toBe(2);
});

test("a failure is passed on", async () => {
  const work = async (item: number) => (item === 2 ? Promise.reject(new Error("no")) : item);
  await expect(concurrently([1, 2, 3], 2, work)).rejects.toThrow("no");
});

test("nothing to do is done", async () => {
  expect(await concurrently([], 4, async () => 1)).toEqual([]);
});
