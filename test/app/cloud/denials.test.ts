import { describe, expect, test } from "vitest";
import { createCaller, type CallTarget } from "../../../lib/app/cloud/call.ts";
import { createDenials } from "../../../lib/app/cloud/denials.ts";
import type { ProviderError } from "../../../lib/core/errors.ts";
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
  const cloud: { isAllowed: boolean; calls: number; refusal: ProviderError["kind"] } = {
    isAllowed: false,
    calls: 0,
    refusal: "access",
  };
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
        if (!cloud.isAllowed) throw providerError(cloud.refusal, { ambiguous: true });
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

test("a call that is refused for its resource opens the scope again: others have to be made to find out which", async () => {
  const { clock, cloud, invocation } = process();
  expect(await invocation()()).toBe("access");
  clock.advance(60_000);
  const call = invocation();
  cloud.refusal = "unknown";
  expect(await call()).toBe("unknown");
  cloud.isAllowed = true;
  expect(await call()).toBe("done");
});

test.each(["throttled", "transient"] as const)("a call that is %s says nothing of a right", async (kind) => {
  const { clock, cloud, invocation } = process();
  expect(await invocation()()).toBe("access");
  clock.advance(60_000);
  cloud.refusal = kind;
  expect(await invocation()()).toBe(kind);
  cloud.isAllowed = true;
  expect(await invocation()()).toBe("access");
});

describe("where each call is about one resource, to which alone access may be denied", () => {
  const roles = () => {
    const clock = virtualClock(0);
    const denials = createDenials(clock);
    const limiter = createRateLimiter(clock);
    const allowed = new Set<string>();
    const asked: string[] = [];
    const call = (resource: string): Promise<string> =>
      createCaller({ clock, random: () => 0.5, limiter, denials, deadline: { remainingMs: () => 60_000 } })
        .call({ ...target("cn"), resource }, async () => {
          asked.push(resource);
          if (!allowed.has(resource)) throw providerError("access");
          return "done";
        })
        .catch((error: { kind: string }) => error.kind);
    return { allowed, asked, call };
  };

  test("the others are called although one was denied, however often", async () => {
    const { allowed, asked, call } = roles();
    allowed.add("mine");
    for (let times = 0; times < 5; times += 1) expect(await call("theirs")).toBe("access");
    expect(await call("mine")).toBe("done");
    expect(asked).toHaveLength(6);
  });

  test("three that are denied, with none let in between, are taken for all of the scope", async () => {
    const { allowed, asked, call } = roles();
    allowed.add("mine");
    for (const one of ["a", "b", "mine", "a", "b", "c", "d", "mine"]) await call(one);
    expect(asked).toEqual(["a", "b", "mine", "a", "b", "c"]);
  });
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
