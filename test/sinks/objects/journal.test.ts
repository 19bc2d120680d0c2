import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { JournalEntry } from "../../../lib/core/journal.ts";
import { objectJournal } from "../../../lib/sinks/objects/journal.ts";
import { memoryObjects } from "../../../lib/sinks/objects/memory.ts";

const RUN = "2026-11-22.run-1";
const entry = (id: string, value = "dev"): JournalEntry => ({
  type: "huawei:iam:user",
  account: "d1",
  region: "global",
  id,
  key: "env",
  value,
  policyHash: "abc",
  at: "2026-11-22T12:00:00.000Z",
});

function openJournal() {
  const objects = memoryObjects();
  return { objects, journal: objectJournal(objects) };
}

describe("a journal of objects", () => {
  test("gives back all parts of a run, and of no other", async () => {
    const { journal } = openJournal();
    await journal.record(RUN, [entry("u1"), entry("u2")]);
    await journal.record(RUN, [entry("u3")]);
    await journal.record("2026-11-22.run-10", [entry("u4")]);
    const ids = (await journal.read(RUN))?.map(({ id }) => id).sort();
    expect(ids).toEqual(["u1", "u2", "u3"]);
  });

  test("names an object by its date, its run and the hash of its lines", async () => {
    const { journal, objects } = openJournal();
    await journal.record(RUN, [entry("u1")]);
    expect(await objects.list("")).toEqual([
      expect.stringMatching(/^date=2026-11-22\/run=2026-11-22\.run-1\/[0-9a-f]{64}\.ndjson\.gz$/),
    ]);
  });

  test("keeps the same entries once, whatever their order", async () => {
    const { journal, objects } = openJournal();
    await journal.record(RUN, [entry("u1"), entry("u2")]);
    await journal.record(RUN, [entry("u2"), entry("u1")]);
    expect(await objects.list("")).toHaveLength(1);
  });

  test("makes no object of nothing", async () => {
    const { journal, objects } = openJournal();
    await journal.record(RUN, []);
    expect(await objects.list("")).toEqual([]);
    expect(await journal.read(RUN)).toBeUndefined();
  });

  test("names its runs, the oldest day first, each once", async () => {
    const { journal } = openJournal();
    await journal.record("2026-12-01.b", [entry("u1")]);
    await journal.record(RUN, [entry("u1")]);
    await journal.record(RUN, [entry("u2")]);
    expect(await journal.runs()).toEqual([RUN, "2026-12-01.b"]);
  });

  test("knows no run by objects that are none of its parts", async () => {
    const { journal, objects } = openJournal();
    await journal.record(RUN, [entry("u1")]);
    const [name = ""] = await objects.list("");
    for (const other of [`old/${name.replace("run-1", "run-2")}`, `${name.replace("run-1", "run-3")}.bak`, "date=x"]) {
      await objects.put(other, Buffer.from("x"));
    }
    expect(await journal.runs()).toEqual([RUN]);
  });

  test("doesn't call a part damaged that can't be read just now", async () => {
    const { journal, objects } = openJournal();
    await journal.record(RUN, [entry("u1")]);
    const failing = objectJournal({ ...objects, get: async () => Promise.reject(new Error("ServiceUnavailable")) });
    await expect(failing.read(RUN)).rejects.toThrow("ServiceUnavailable");
    const gone = objectJournal({ ...objects, get: async () => undefined });
    await expect(gone.read(RUN)).rejects.toThrow("is damaged");
  });

  const FOUR_MB = gzipSync(Buffer.alloc(4 * 1024 * 1024));
  test.each([
    ["that was changed", gzipSync(`${JSON.stringify(entry("u9"))}\n`)],
    ["that is cut off", gzipSync("x".repeat(1000)).subarray(0, 20)],
    ["that is no gzip", Buffer.from("{}")],
    ["that unpacks to more than 256 MB", Buffer.concat(Array.from({ length: 65 }, () => FOUR_MB))],
  ])("refuses a part %s", async (_name, body) => {
    const { journal, objects } = openJournal();
    await journal.record(RUN, [entry("u1")]);
    const [name = ""] = await objects.list("");
    await objects.put(name, body);
    await expect(journal.read(RUN)).rejects.toThrow(`${name}: is damaged`);
  });

  test("takes no run that could mean another place", async () => {
    const { journal } = openJournal();
    await expect(journal.read("2026-11-22./../x")).rejects.toThrow("is no name of a run");
    await expect(journal.record("..", [entry("u1")])).rejects.toThrow("is no name of a run");
  });
});
