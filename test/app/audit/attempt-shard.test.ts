import { expect, it } from "vitest";
import { attemptShard, giveUpShard } from "../../../lib/app/audit/attempt-shard.ts";
import { auditShard } from "../../../lib/app/audit/audit-shard.ts";
import { startAudit } from "../../../lib/app/audit/start-audit.ts";
import type { Deadline } from "../../../lib/app/ports/invocation.ts";
import { publishReport } from "../../../lib/app/report/publish-report.ts";
import { AT, auditWorld, policies, resource } from "../audit-world.ts";

const NO_HURRY: Deadline = { remainingMs: () => Infinity };
const NO_TIME: Deadline = { remainingMs: () => 0 };
const DELIVERIES = 6;
const ATTEMPTS = 3;
const SHARD = "huawei.d0001.global.iam";

/** A run of one account, all of whose shards but one have ended. */
async function lastShard() {
  const huawei = Array.from({ length: 4 }, (_, number) => resource("huawei:iam:user", "global", number));
  const world = auditWorld({ resources: { huawei } });
  await startAudit({ run: "r1", startedAt: AT, at: AT, policyHash: policies.hash }, world.deps);
  const messages = world.deps.queue.shards.splice(0);
  for (const message of messages) if (message.shard.id !== SHARD) await auditShard(message, world.deps, NO_HURRY);
  const last = messages.find(({ shard }) => shard.id === SHARD);
  if (last === undefined) return expect.fail("no such shard");
  const attempt = (receiveCount: number, deadline: Deadline) =>
    attemptShard(last, { receiveCount, deliveries: DELIVERIES }, world.deps, deadline);
  const giveUp = (reason: string) => giveUpShard(last, reason, world.deps);
  return { ...world, attempt, giveUp, result: () => world.deps.runs.result("r1", SHARD) };
}

it("a shard that throws stays open, however often its message was received", async () => {
  const { attempt, result, deps } = await lastShard();
  for (const receiveCount of [1, ATTEMPTS]) {
    await expect(attempt(receiveCount, NO_TIME)).rejects.toThrow("no time left");
  }
  expect(await result()).toBeUndefined();
  expect(deps.queue.reports).toEqual([]);
});

it("a shard whose time is up is given up, and the report names it", async () => {
  const { giveUp, deps } = await lastShard();
  expect(await giveUp("no time left")).toEqual({
    end: "given-up",
    reason: `shard ${SHARD} of run r1 was given up: no time left`,
  });
  expect(deps.queue.reports).toEqual(["r1"]);
  const published = await publishReport("r1", deps);
  expect(published).toMatchObject({ report: { complete: false, gaps: [{ shard: SHARD }] } });
});

it("a shard whose last attempt crashed is given up by the next delivery, which audits nothing", async () => {
  const { attempt, providers, deps } = await lastShard();
  const calls = providers[0]?.calls();
  expect(await attempt(ATTEMPTS + 1, NO_HURRY)).toMatchObject({
    end: "given-up",
    reason: expect.stringContaining("was given up: the last of its 3 attempts was cut off"),
  });
  expect(providers[0]?.calls()).toEqual(calls);
  expect(deps.queue.reports).toEqual(["r1"]);
  const published = await publishReport("r1", deps);
  expect(published).toMatchObject({ report: { gaps: [{ shard: SHARD, reason: expect.stringContaining("cut off") }] } });
});

it("where the last attempt crashed between giving up and asking for the report, the next delivery asks", async () => {
  const { attempt, deps } = await lastShard();
  await deps.runs.finishShard("r1", SHARD, { state: "failed", reason: "the first one" });
  expect(await attempt(ATTEMPTS + 1, NO_HURRY)).toMatchObject({
    end: "given-up",
    reason: expect.stringContaining("was given up: the first one"),
  });
  expect(deps.queue.reports).toEqual(["r1"]);
});

it("a shard that another attempt has ended stays as it ended, and its message is done", async () => {
  const { attempt, result } = await lastShard();
  expect(await attempt(1, NO_HURRY)).toEqual({ end: "done" });
  expect(await attempt(ATTEMPTS + 1, NO_HURRY)).toEqual({ end: "already-done" });
  expect(await result()).toMatchObject({ state: "done" });
});
