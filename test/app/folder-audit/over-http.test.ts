import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runAudit } from "../../../lib/app/folder-audit/run-audit.ts";
import { parseConfig } from "../../../lib/core/config/schema.ts";
import { tagsFromObject } from "../../../lib/core/resource.ts";
import { createProvider } from "../../../lib/providers/index.ts";
import { createRegistry } from "../../../lib/app/cloud/route.ts";
import { fileObjects } from "../../../lib/sinks/objects/files.ts";
import { objectRunStore } from "../../../lib/sinks/objects/run-store.ts";
import type { EmulatedResource } from "../../../local/emulator/emulated-resource.ts";
import { startEmulator, type Emulator } from "../../../local/emulator/start.ts";
import { accounts, AT, everything, keyOf, policies, quietLog, written } from "../audit-world.ts";

let emulator: Emulator;
let directory: string;

/** The same 1,223 resources as in memory, as the emulator takes them. */
function emulated(): EmulatedResource[] {
  const all = everything();
  return accounts.flatMap(({ provider, account }) =>
    all[provider].map(({ type, region, id, tags = new Map<string, string>(), notTaggable }) => ({
      type,
      account,
      region,
      id,
      tags: Object.fromEntries(tags),
      ...(notTaggable !== undefined && { legacy: true }),
    })),
  );
}

beforeAll(async () => {
  emulator = await startEmulator({ resources: emulated() });
  directory = await mkdtemp(join(tmpdir(), "tagwarden-audit-"));
});
afterAll(async () => {
  await emulator.close();
  await rm(directory, { recursive: true });
});

const clock = { now: () => Date.now(), sleep: (ms: number) => new Promise<void>((wake) => setTimeout(wake, ms)) };

describe("an audit of the emulated clouds, over HTTP", () => {
  it("evaluates all 1,223 resources of the five contracts once, and says what it cost", async () => {
    const parsed = parseConfig("config.json", JSON.stringify(emulator.config()));
    const fast = parsed.accounts.map((account) => ({ ...account, callsPerSecond: { read: 5000 } }));
    const config = { ...parsed, accounts: fast };
    const deps = { credential: async (reference: string) => reference, clock };
    const objects = fileObjects(directory);
    const { result, report } = await runAudit({
      config,
      registry: createRegistry(config.accounts.map((account) => createProvider(account, deps))),
      policies,
      objects,
      runs: objectRunStore(objects),
      clock,
      random: Math.random,
      log: quietLog,
      out: directory,
      at: AT,
    });
    expect(report.gaps).toEqual([]);
    expect(report.readErrors).toEqual({});
    const lines = await written(objects, "evaluations");
    const expected = new Map(
      emulated().map(({ tags = {}, legacy, ...ref }) => {
        const evaluation = policies.evaluate({ ...ref, tags: tagsFromObject(tags) }, AT);
        return [keyOf(evaluation), legacy === true ? "not-applicable" : evaluation.compliance];
      }),
    );
    expect(lines).toHaveLength(1223);
    expect(new Map(lines.map((line) => [keyOf(line), line.compliance]))).toEqual(expected);
    expect(result.calls).toEqual(emulator.calls());
    expect(result.out).toBe(directory);
    expect(JSON.parse(await readFile(join(directory, "report.json"), "utf8"))).toEqual(report);
  });
});
