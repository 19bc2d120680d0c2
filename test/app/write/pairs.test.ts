import { expect, test } from "vitest";
import { OutOfTimeError } from "../../../lib/app/cloud/call.ts";
import { createRouter } from "../../../lib/app/cloud/route.ts";
import { openPairs, refreshEntry } from "../../../lib/app/write/pairs.ts";
import type { TagBatch } from "../../../lib/core/tag-batch.ts";
import { ALIBABA, created, createWorld, group, providerError, tags } from "../enforce-world.ts";

function pairsOf(missing: Record<string, string>, before: Record<string, string> = {}) {
  const { deps } = createWorld();
  const ref = created(group("g1"));
  const route = createRouter(deps.registry, deps.accounts)(ref);
  if ("problem" in route) return expect.fail(route.problem);
  const reading = { kind: "known", tags: tags(before), readAt: 0 } as const;
  const pairs = openPairs([{ ref, route, reading, tags: tags(missing) }]);
  const entry = pairs.find(batchOf({}), "g1") ?? expect.fail("no entry");
  return { pairs, entry, resultOf: (key: string) => entry.pairs.get(key)?.result };
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
  const { pairs, entry } = pairsOf({ env: "dev", owner: "alice" });
  refreshEntry(entry, readingOf({ env: "prod" }));
  expect(pairs.endedIn(batchOf({ env: "dev" }))).toEqual(["g1"]);
  expect(pairs.endedIn(batchOf({ owner: "alice" }))).toEqual([]);
});

test("the value that is to be replaced is no obstacle while it is the one that was planned on", () => {
  const { entry, resultOf } = pairsOf({ env: "dev" }, { env: "illegal" });
  refreshEntry(entry, readingOf({ env: "illegal" }));
  expect(resultOf("env")).toBeUndefined();
  refreshEntry(entry, readingOf({ env: "other" }));
  expect(resultOf("env")).toMatchObject({ kind: "dropped" });
});

test("our value after a lost answer was written by us, without one by somebody else", () => {
  const lost = pairsOf({ env: "dev" });
  const pair = lost.entry.pairs.get("env") ?? expect.fail("no pair");
  pair.maybeWritten = true;
  refreshEntry(lost.entry, readingOf({ env: "dev" }));
  expect(lost.resultOf("env")).toEqual({ kind: "written", value: "dev", at: 1 });
  const other = pairsOf({ env: "dev" });
  refreshEntry(other.entry, readingOf({ env: "dev" }));
  expect(other.resultOf("env")).toMatchObject({ kind: "dropped" });
});

test("a read that failed ends what is open as not known to be written", () => {
  const { pairs, entry, resultOf } = pairsOf({ env: "dev", owner: "alice" });
  pairs.end(batchOf({ env: "dev" }), ["g1"], (_, value) => ({ kind: "written", value, at: 1 }));
  refreshEntry(entry, { kind: "unknown", error: providerError("transient") });
  expect(resultOf("env")).toEqual({ kind: "written", value: "dev", at: 1 });
  expect(resultOf("owner")).toMatchObject({ kind: "unfinished" });
});

test("what has ended is never open again", () => {
  const { pairs, resultOf } = pairsOf({ env: "dev" });
  pairs.end(batchOf({ env: "dev" }), ["g1"], (_, value) => ({ kind: "written", value, at: 1 }));
  pairs.end(batchOf({ env: "dev" }), ["g1"], () => ({ kind: "unfinished", error: new Error("later") }));
  expect(resultOf("env")).toEqual({ kind: "written", value: "dev", at: 1 });
});

test("a read that failed leaves the last one that didn't, and what it showed", () => {
  const { entry } = pairsOf({ env: "dev" }, { env: "illegal" });
  refreshEntry(entry, { kind: "unknown", error: new OutOfTimeError() });
  expect(entry.reading).toMatchObject({ kind: "known", readAt: 0 });
  expect(entry.pairs.get("env")).toMatchObject({ before: "illegal", result: { kind: "unfinished" } });
});

test("what is to be replaced is what the last read showed while it was still to be written", () => {
  const { entry } = pairsOf({ env: "dev" }, { env: "illegal" });
  refreshEntry(entry, readingOf({}));
  expect(entry.pairs.get("env")?.before).toBeUndefined();
  refreshEntry(entry, readingOf({ env: "prod" }));
  expect(entry.pairs.get("env")).toMatchObject({ before: undefined, result: { kind: "dropped" } });
});

test("resources and keys that nobody planned have no entries and end nothing", () => {
  const { pairs, entry } = pairsOf({ env: "dev" });
  const stranger = { ...batchOf({ env: "dev" }), region: "cn-beijing" };
  const done = () => ({ kind: "written", value: "dev", at: 1 }) as const;
  pairs.end(stranger, ["g1"], done);
  pairs.end(batchOf({ env: "dev" }), ["g9"], done);
  pairs.end(batchOf({ owner: "alice" }), ["g1"], done);
  expect(pairs.find(stranger, "g1")).toBeUndefined();
  expect(pairs.endedIn(stranger)).toEqual([]);
  expect(pairs.endedIn({ ...batchOf({ env: "dev" }), resourceIds: ["g9"] })).toEqual([]);
  expect(entry.pairs.get("env")?.result).toBeUndefined();
});

test("while a call is under way, a read for another batch says nothing of its tags", () => {
  const { entry, resultOf } = pairsOf({ env: "dev", owner: "alice" });
  const pair = entry.pairs.get("env") ?? expect.fail("no pair");
  pair.underWay = true;
  refreshEntry(entry, readingOf({ env: "dev", owner: "bob" }));
  expect(resultOf("env")).toBeUndefined();
  expect(pair.before).toBeUndefined();
  expect(resultOf("owner")).toMatchObject({ kind: "dropped" });
});

test("a read that began before an answer was lost is too old for a write", () => {
  const { entry } = pairsOf({ env: "dev" });
  entry.lostAt = 2;
  refreshEntry(entry, readingOf({}));
  expect(entry.reading.readAt).toBe(-Infinity);
  refreshEntry(entry, { ...readingOf({}), readAt: 2 });
  expect(entry.reading.readAt).toBe(2);
});
