import { expect, test } from "vitest";
import { createCaller, type CallTarget } from "../../../lib/app/cloud/call.ts";
import { createDenials } from "../../../lib/app/cloud/denials.ts";
import { createRateLimiter } from "../../../lib/app/cloud/rate/limiter.ts";
import { createWorld, providerError } from "../enforce-world.ts";
import { virtualClock } from "../virtual-clock.ts";

const account = createWorld().deps.accounts[0] ?? expect.fail("an account");
const api = { action: "alibaba:test:TagResources", callsPerSecond: 100 };
const target = (region: string): CallTarget => ({ account, region, api, kind: "write" });

/** A process, each of whose invocations has a caller of its own, and a cloud that denies access until it is told otherwise. */
function process() {
  const clock = virtualClock(0);
  const denials = createDenials(clock);
  const limiter = createRateLimiter(clock);
  const cloud = { isAllowed: false, calls: 0 };
  const invocation = () => {
    const caller = createCaller({
      clock,
      random: () => 0.5,
      limiter,
      denials,
      deadline: { remainingMs: () => 60_000 },
    });
    const call = async (region: string) =>
      caller.call(target(region), async () => {
        cloud.calls += 1;
        if (!cloud.isAllowed) throw providerError("access");
        return "done";
      });
    return (region = "cn") => call(region).catch((error: { kind: string }) => error.kind);
  };
  return { clock, cloud, invocation };
}

test("a scope that denied access is called once a minute, however many invocations ask", async () => {
  const { clock, cloud, invocation } = process();
  for (let second = 0; second < 300; second += 1) {
    expect(await invocation()()).toBe("access");
    clock.advance(1_000);
  }
  expect(cloud.calls).toBe(5);
});

test("other scopes are called meanwhile", async () => {
  const { cloud, invocation } = process();
  await invocation()("cn");
  cloud.isAllowed = true;
  expect(await invocation()("eu")).toBe("done");
  expect(await invocation()("cn")).toBe("access");
});

test("one call finds out that access is given again, and then all go", async () => {
  const { clock, cloud, invocation } = process();
  await invocation()();
  cloud.isAllowed = true;
  clock.advance(60_000);
  const call = invocation();
  expect(await Promise.all([call(), call(), call()])).toEqual(["done", "access", "access"]);
  expect(await Promise.all([call(), call()])).toEqual(["done", "done"]);
});

test("a clock that was set back shuts no scope for longer", async () => {
  const { clock, cloud, invocation } = process();
  await invocation()();
  cloud.isAllowed = true;
  clock.advance(-3_600_000);
  expect(await invocation()()).toBe("done");
});
