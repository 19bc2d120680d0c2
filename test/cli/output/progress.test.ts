import { describe, expect, test } from "vitest";
import { harmlessIo } from "../../../cli/io.ts";
import { progress } from "../../../cli/output/progress.ts";
import { CLEAR_LINE, memoryIo, type RunOptions } from "../run-main.ts";

function shownOn(options: RunOptions = {}) {
  const { io, stdout, stderr } = memoryIo({ terminal: true, ...options });
  let now = 0;
  const own = harmlessIo(io);
  const bar = progress(own.stderr, "resources:", () => now);
  return {
    bar,
    io: own,
    stdout,
    stderr,
    after: (ms: number) => {
      now += ms;
    },
    last: () => stderr().split(CLEAR_LINE).at(-1),
  };
}

describe("progress", () => {
  test("says how much is done of how much, how fast, and how long it will take", () => {
    const { bar, after, last } = shownOn();
    bar.at(0, 574);
    expect(last()).toBe("resources: 0 of 574");
    after(2_000);
    bar.at(48, 574, "12 written to");
    expect(last()).toBe("resources: 48 of 574, 12 written to, 24/s, about 22 s left");
    after(200_000);
    bar.at(101, 10_000);
    expect(last()).toBe("resources: 101 of 10000, 0.5/s, about 5.5 hours left");
    after(1_000);
    bar.at(574, 574);
    expect(last()).toBe("resources: 574 of 574, 2.8/s");
  });

  test.each([
    ["in a pipe", { terminal: false }],
    ["on a terminal that can't draw a line again", { env: { TERM: "dumb" } }],
  ])("is not there %s", async (_where, options) => {
    const { bar, stderr, after } = shownOn(options);
    bar.at(1, 2);
    after(1_000);
    bar.show("more");
    await bar.end();
    expect(stderr()).toBe("");
  });

  test("keeps to one line of the terminal", () => {
    const { bar, last } = shownOn({ columns: 40 });
    bar.show(`alibaba.${"1".repeat(60)}`);
    expect(last()).toMatch(/^resources: alibaba\..*…$/);
    expect(last()?.length).toBeLessThan(40);
  });

  test.each(["stdout", "stderr"] as const)("is gone before anything is written to %s", async (name) => {
    const { bar, io, stderr, stdout } = shownOn();
    bar.at(1, 2);
    await io[name].write("result\n");
    expect(stderr()).toMatch(name === "stdout" ? /2\r\u001b\[K$/u : /2\r\u001b\[Kresult\n$/u); // eslint-disable-line no-control-regex
    expect(stdout() + stderr()).toContain("result\n");
    await bar.end();
    expect(stderr().split(CLEAR_LINE)).toHaveLength(3);
  });
});
