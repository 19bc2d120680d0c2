import { expect, test } from "vitest";
import { OutOfTimeError } from "../../../lib/app/cloud/call.ts";
import { createRouter } from "../../../lib/app/cloud/route.ts";
import { openLedger, refreshEntry } from "../../../lib/app/write/pairs.ts";
import type { TagBatch } from "../../../lib/core/tag-batch.ts";
import { ALIBABA, created, createWorld, group, providerError, tags } from "../enforce-world.ts";

function ledgerOf(missing: Record<string, string>, before: Record<string, string> = {}) {
  const { deps } = createWorld();
  const ref = created(group("g1"));
  const route = createRouter(deps.registry, deps.accounts)(ref);
  if ("problem" in route) return expect.fail(route.problem);
  const reading = { kind: "known", tags: tags(before), readAt: 0 } as const;
  const ledger = openLedger([{ ref, route, reading, tags: tags(missing) }]);
  const entry = ledger.find(batchOf({}), "g1") ?? expect.fail("no entry");
  return { ledger, entry, resultOf: (key: string) => entry.pairs.get(key)?.result };
}

const batchOf = (written: Record<string, string>): TagBatch => ({
  type: "alibaba:apigateway:apiGroup",
  account: ALIBABA,
  region: "cn-hangzhou",
  resourceIds: ["g1"],
  tags: tags(written),
});
const readingOf = (shown: Record<string, string>) => ({ kind: "known", tags: tags(shown), readAt: 1 }) as const;

test("a read for one batch counts for the other batches of its resources", () => {
  const { ledger, entry } = ledgerOf({ env: "dev", owner: "alice" });
  refreshEntry(entry, readingOf({ env: "prod" }));
  expect(ledger.settledIn(batchOf({ env: "dev" }))).toEqual(["g1"]);
  expect(ledger.settledIn(batchOf({ owner: "alice" }))).toEqual([]);
});

test("the value that is to be replaced is no obstacle while it is the one that was planned on", () => {
  const { entry, resultOf } = ledgerOf({ env: "dev" }, { env: "illegal" });
  refreshEntry(entry, readingOf({ env: "illegal" }));
  expect(resultOf("env")).toBeUndefined();
  refreshEntry(entry, readingOf({ env: "other" }));
  expect(resultOf("env")).toMatchObject({ kind: "dropped" });
});

test("our value after a lost answer was written by us, without one by somebody else", () => {
  const lost = ledgerOf({ env: "dev" });
  const pair = lost.entry.pairs.get("env") ?? expect.fail("no pair");
  pair.maybeWritten = true;
  refreshEntry(lost.entry, readingOf({ env: "dev" }));
  expect(lost.resultOf("env")).toEqual({ kind: "written", value: "dev", at: 1 });
  const other = ledgerOf({ env: "dev" });
  refreshEntry(other.entry, readingOf({ env: "dev" }));
  expect(other.resultOf("env")).toMatchObject({ kind: "dropped" });
});

test("a read that failed settles what is open as not known to be written", () => {
  const { ledger, entry, resultOf } = ledgerOf({ env: "dev", owner: "alice" });
  ledger.settle(batchOf({ env: "dev" }), ["g1"], (_, value) => ({ kind: "written", value, at: 1 }));
  refreshEntry(entry, { kind: "unknown", error: providerError("transient") });
  expect(resultOf("env")).toEqual({ kind: "written", value: "dev", at: 1 });
  expect(resultOf("owner")).toMatchObject({ kind: "unfinished" });
});

test("what is settled stays settled", () => {
  const { ledger, resultOf } = ledgerOf({ env: "dev" });
  ledger.settle(batchOf({ env: "dev" }), ["g1"], (_, value) => ({ kind: "written", value, at: 1 }));
  ledger.settle(batchOf({ env: "dev" }), ["g1"], () => ({ kind: "unfinished", error: new Error("later") }));
  expect(resultOf("env")).toEqual({ kind: "written", value: "dev", at: 1 });
});

test("a read that failed leaves the last one that didn't, and what it showed", () => {
  const { entry } = ledgerOf({ env: "dev" }, { env: "illegal" });
  refreshEntry(entry, { kind: "unknown", error: new OutOfTimeError() });
  expect(entry.reading).toMatchObject({ kind: "known", readAt: 0 });
  expect(entry.pairs.get("env")).toMatchObject({ before: "illegal", result: { kind: "unfinished" } });
});

test("what is to be replaced is what the last read showed while it was still to be written", () => {
  const { entry } = ledgerOf({ env: "dev" }, { env: "illegal" });
  refreshEntry(entry, readingOf({}));
  expect(entry.pairs.get("env")?.before).toBeUndefined();
  refreshEntry(entry, readingOf({ env: "prod" }));
  expect(entry.pairs.get("env")).toMatchObject({ before: undefined, result: { kind: "dropped" } });
});

test("resources and keys that nobody planned have no entries and settle nothing", () => {
  const { ledger, entry } = ledgerOf({ env: "dev" });
  const stranger = { ...batchOf({ env: "dev" }), region: "cn-beijing" };
  const done = () => ({ kind: "written", value: "dev", at: 1 }) as const;
  ledger.settle(stranger, ["g1"], done);
  ledger.settle(batchOf({ env: "dev" }), ["g9"], done);
  ledger.settle(batchOf({ owner: "alice" }), ["g1"], done);
  expect(ledger.find(stranger, "g1")).toBeUndefined();
  expect(ledger.settledIn(stranger)).toEqual([]);
  expect(ledger.settledIn({ ...batchOf({ env: "dev" }), resourceIds: ["g9"] })).toEqual([]);
  expect(entry.pairs.get("env")?.result).toBeUndefined();
});

test("while a call is under way, a read for another batch says nothing of its tags", () => {
  const { entry, resultOf } = ledgerOf({ env: "dev", owner: "alice" });
  const pair = entry.pairs.get("env") ?? expect.fail("no pair");
  pair.underWay = true;
  refreshEntry(entry, readingOf({ env: "dev", owner: "bob" }));
  expect(resultOf("env")).toBeUndefined();
  expect(pair.before).toBeUndefined();
  expect(resultOf("owner")).toMatchObject({ kind: "dropped" });
});

test("a read that began before an answer was lost is too old for a write", () => {
  const { entry } = ledgerOf({ env: "dev" });
  entry.lostAt = 2;
  refreshEntry(entry, readingOf({}));
  expect(entry.reading.readAt).toBe(-Infinity);
  refreshEntry(entry, { ...readingOf({}), readAt: 2 });
  expect(entry.reading.readAt).toBe(2);
});
