import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { seededRandom } from "../../../lib/core/seeded-random.ts";
import { endOf, linesOf, outcomesOf, runUntil, type Ended, type LocalProcess } from "./killed-run.ts";

const RESOURCES = 120;
const KILLS = 3;
/** `TAGWARDEN_KILL_SEEDS=1,2,3` runs other moments; docs/local-run.md says which have been run. */
const seeds = (process.env["TAGWARDEN_KILL_SEEDS"] ?? "3").split(",").map(Number);

function fresh(): LocalProcess {
  const folder = mkdtempSync(join(tmpdir(), "tagwarden-test-"));
  return { state: join(folder, "state"), out: join(folder, "out"), resources: RESOURCES };
}

const never = (): boolean => false;
const lines = ({ state }: LocalProcess): number => linesOf(state, "cloud.log").length;

/** Kills the run while it starts, and then at so many random amounts of what happens in the clouds. */
async function runWithKills(run: LocalProcess, seed: number, total: number): Promise<{ kills: number; end: Ended }> {
  const random = seededRandom(seed);
  const moments = Array.from({ length: KILLS }, () => Math.floor(random() * total)).sort((one, other) => one - other);
  let kills = 0;
  for (const due of [() => linesOf(run.state, "run.log").length > 0, ...moments.map((at) => () => lines(run) >= at)]) {
    const { code } = await runUntil(run, due);
    if (code === undefined) kills += 1;
  }
  return { kills, end: await runUntil(run, never) };
}

/** Calls and changes of a run of 120 resources that nobody disturbs: about 550. */
const TOTAL = 500;

const readResult = ({ stdout }: Ended): Readonly<Record<string, unknown>> =>
  JSON.parse(stdout) as Readonly<Record<string, unknown>>;

describe.each(seeds)("a local run that is killed again and again (seed %i)", (seed) => {
  const calm = fresh();
  const killed = fresh();
  let calmEnd: Ended;
  let killedEnd: Ended;
  let kills: number;

  beforeAll(async () => {
    [calmEnd, { end: killedEnd, kills }] = await Promise.all([
      runUntil(calm, never),
      runWithKills(killed, seed, TOTAL),
    ]);
  }, 900_000);

  it("was killed while it started and at three moments more, and ends as expected all the same", () => {
    expect(kills).toBe(KILLS + 1);
    expect({ code: killedEnd.code, told: told(killedEnd) }).toEqual({ code: 0, told: told(calmEnd) });
  });

  it("leaves the same tags on every resource as a run that nobody disturbed", () => {
    expect(Object.keys(endOf(calm.state).tags).length).toBeGreaterThan(RESOURCES / 2);
    expect(endOf(killed.state).tags).toEqual(endOf(calm.state).tags);
  });

  it("writes no tag a second time where the first write took effect", () => {
    expect(endOf(killed.state).writtenTwice).toEqual([]);
  });

  it("gives every resource the outcomes that it has in a run that nobody disturbed", () => {
    const expected = outcomesOf(calm.state);
    const found = outcomesOf(killed.state);
    expect([...found.keys()].sort()).toEqual([...expected.keys()].sort());
    for (const [key, outcomes] of found) {
      const [last] = outcomes.slice(-1);
      expect({ key, last }).toEqual({ key, last: expected.get(key)?.at(-1) });
    }
  });

  it("counts what it did before it was killed", () => {
    const { outcomes, writes, resources, compliance } = readResult(killedEnd);
    const undisturbed = readResult(calmEnd);
    expect({ writes, resources, compliance, sum: sum(outcomes) }).toEqual({
      writes: undisturbed["writes"],
      resources: undisturbed["resources"],
      compliance: undisturbed["compliance"],
      sum: RESOURCES,
    });
  });
});

/** What was said, but for a line of a log that a kill has cut in two: few do. */
function told({ stderr }: Ended): string {
  return stderr.replaceAll(/^.*: cut off the last \d+ bytes, a line that was never finished\n/gmu, "");
}

function sum(counts: unknown): number {
  return Object.values(counts as Readonly<Record<string, number>>).reduce((total, count) => total + count, 0);
}
