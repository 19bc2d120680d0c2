import { describe, expect, test } from "vitest";
import { createRateLimiter } from "../../../lib/app/cloud/rate/limiter.ts";
import { enforceTags } from "../../../lib/app/enforce/enforce-tags.ts";
import { systemClock } from "../../../lib/app/ports/system-clock.ts";
import type { AccountConfig } from "../../../lib/core/config/config.ts";
import { createProvider } from "../../../lib/providers/index.ts";
import { createRegistry } from "../../../lib/app/cloud/route.ts";
import { recordingServer, type Answer } from "../../providers/recording-server.ts";
import { ALIBABA, created, createWorld, group, messagesOf } from "../enforce-world.ts";

const NO_TAGS = { body: JSON.stringify({ RequestId: "r", TagResources: { TagResource: [] }, NextToken: "" }) };
const REFUSAL = { Code: "QuotaExceeded.Tags", Message: "too many tags", RequestId: "r" };

/** The system's clock, on which nobody has to wait. */
function quickClock() {
  let ahead = 0;
  return {
    slept: () => ahead,
    now: () => systemClock.now() + ahead,
    async sleep(ms: number) {
      ahead += ms;
    },
  };
}

/** Enforces on one API group of an Alibaba Cloud that answers tag calls like this; listings show no tags. */
async function enforceOn(tagAnswer: Answer, listAnswer: Answer = NO_TAGS) {
  await using server = await recordingServer(({ headers }) => {
    return headers["x-acs-action"] === "TagResources" ? tagAnswer : listAnswer;
  });
  const account: AccountConfig = {
    provider: "alibaba",
    account: ALIBABA,
    regions: ["cn-hangzhou"],
    mode: "enforce",
    writesPerHour: 2_000,
    callsPerSecond: { read: 1_000, write: 1_000 },
    credentials: { accessKeyId: "key", accessKeySecret: "secret" },
    endpoints: { "cn-hangzhou": server.origin },
  };
  const clock = quickClock();
  const provider = createProvider(account, { credential: async (literal) => literal, clock });
  const deps = {
    ...createWorld().deps,
    registry: createRegistry([provider]),
    accounts: [account],
    clock,
    limiter: createRateLimiter(clock),
    random: () => 0,
  };
  const endsAt = clock.now() + 60_000;
  const { resources, actions } = await enforceTags(messagesOf([created(group("g1"))]), deps, {
    remainingMs: () => endsAt - clock.now(),
  });
  const [outcome] = resources;
  const [ended] = actions;
  return {
    outcome: outcome?.outcome,
    code: outcome?.code,
    message: ended,
    calls: server.requests.length,
    slept: clock.slept(),
  };
}

describe("an answer in another shape than documented", () => {
  test("HTML with status 200 to a write is no success: it is read back, and the message comes back", async () => {
    const ended = await enforceOn({ headers: { "content-type": "text/html" }, body: "<html>Please log in</html>" });
    expect(ended).toMatchObject({
      outcome: "redelivered",
      code: "UnexpectedResponse",
      message: { action: "send-again" },
    });
  });

  test.each([302, 403, 404, 407, 502])(
    "HTML with status %i is somebody's in between: the message comes back",
    async (status) => {
      const ended = await enforceOn({ status, body: "<html>Forbidden</html>" });
      expect(ended).toMatchObject({ outcome: "redelivered", message: { action: "send-again" } });
    },
  );

  test("HTML in place of a listing leaves the resource unknown: nothing is written", async () => {
    const ended = await enforceOn(NO_TAGS, { body: "<html></html>" });
    expect(ended).toMatchObject({ outcome: "redelivered", message: { action: "send-again" } });
  });

  test("an error inside a 200 is the error that it says", async () => {
    const ended = await enforceOn({ body: JSON.stringify(REFUSAL) });
    expect(ended).toMatchObject({ outcome: "rejected", code: "QuotaExceeded.Tags", calls: 2 });
  });

  test("a throttling error inside a 200 is throttling", async () => {
    const ended = await enforceOn({ body: JSON.stringify({ ...REFUSAL, Code: "Throttling.User" }) });
    expect(ended).toMatchObject({
      outcome: "redelivered",
      code: "Throttling.User",
      message: { action: "send-again" },
    });
  });

  test("an error body with other fields than documented says nothing of the resource: the message comes back", async () => {
    const ended = await enforceOn({ status: 400, body: JSON.stringify({ fault: { reason: "no" } }) });
    expect(ended).toMatchObject({ outcome: "redelivered", message: { action: "send-again" } });
  });

  test("an empty body is no success", async () => {
    expect(await enforceOn({ body: "" })).toMatchObject({ outcome: "redelivered" });
  });
});

describe("a retry hint of an hour", () => {
  test.each(["3600", new Date(Date.now() + 3_600_000).toUTCString()])(
    "gives up at once and delays the message by the longest that SQS can (retry-after: %s)",
    async (hint) => {
      const ended = await enforceOn({
        status: 429,
        headers: { "retry-after": hint },
        body: JSON.stringify({ ...REFUSAL, Code: "Throttling" }),
      });
      expect(ended).toMatchObject({
        outcome: "redelivered",
        message: { action: "send-again", delaySeconds: 900 },
        calls: 2,
        slept: 0,
      });
    },
  );
});
