import { beforeAll, describe, expect, it } from "vitest";
import { runLoad, type LoadResult } from "../../../bench/load-run.ts";

/** `node bench/run.ts load` runs twenty thousand. */
const LOAD = { events: 600, bursts: 3, everyMs: 2_000, seed: 1 };
/** One less than would make a dead letter of a message that is hit by each of them. */
const KILLS = 4;

describe("bursts of events through the packaged functions, one of which is killed every second", () => {
  let result: LoadResult;

  beforeAll(async () => {
    result = await runLoad({ ...LOAD, killEveryMs: 1_000, mostKills: KILLS });
  }, 300_000);

  it("lose none", () => {
    // A quick machine is done before the last of them is due.
    expect(result.kills).toBeGreaterThanOrEqual(2);
    expect({ lost: result.lost, deadLetters: result.deadLetters }).toEqual({ lost: [], deadLetters: {} });
    expect(result.seconds).toHaveLength(LOAD.events);
  });

  it("end with exactly the tags that the policy requires", () => {
    const tags = '[["cost-center","CC-0001"],["env","dev"],["owner","platform"]]';
    expect(result.end.split(tags)).toHaveLength(LOAD.events + 1);
  });

  it("reach no provider faster than our share", () => {
    expect(result.highestRate.perSecond).toBeLessThanOrEqual(result.highestRate.share);
  });
});
