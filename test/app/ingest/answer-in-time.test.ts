import { describe, expect, it } from "vitest";
import { answerInTime } from "../../../lib/app/ingest/answer-in-time.ts";

/** A clock whose time is over when it is said to be, and what was logged and counted. */
function watch() {
  const { promise, resolve } = Promise.withResolvers<void>();
  const logged: string[] = [];
  const ended: boolean[] = [];
  const log = (message: string) => void logged.push(message);
  const deps = {
    clock: {
      sleep: async (_: number, signal?: AbortSignal) => {
        signal?.addEventListener("abort", () => ended.push(true));
        await promise;
      },
    },
    log: { debug: log, info: log, warn: log, error: log },
    answerMs: 900,
  };
  return { deps, timeIsOver: resolve, logged, ended };
}

const LATE = "webhook: there was no answer within 900 ms, which is how long senders wait";

describe("a webhook's answer", () => {
  it("is what was made of the request, and nothing goes on waiting then", async () => {
    const { deps, ended } = watch();
    expect(await answerInTime(Promise.resolve("accepted"), deps)).toBe("accepted");
    expect(ended).toEqual([true]);
  });

  it("is an error where that takes longer than the sender waits", async () => {
    const { deps, timeIsOver } = watch();
    const answer = answerInTime(new Promise(() => {}), deps);
    timeIsOver();
    await expect(answer).rejects.toThrow(LATE);
  });

  it("is the failure where the request fails in time", async () => {
    const { deps, ended, logged } = watch();
    await expect(answerInTime(Promise.reject(new Error("no queue")), deps)).rejects.toThrow("no queue");
    expect({ ended, logged }).toEqual({ ended: [true], logged: [] });
  });

  it("that came too late and failed then leaves a line in the log", async () => {
    const { deps, timeIsOver, logged } = watch();
    const work = Promise.withResolvers<string>();
    const answer = answerInTime(work.promise, deps);
    timeIsOver();
    await expect(answer).rejects.toThrow(LATE);
    work.reject(new Error("no queue"));
    await expect.poll(() => logged).toEqual(["webhook: what took too long failed"]);
  });
});
