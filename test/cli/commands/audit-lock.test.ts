import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { startEmulator, type Emulator } from "../../../local/emulator/start.ts";
import { auditFiles, GATEWAY, isWhole, untilCome } from "./audit-files.ts";

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ resources: [{ ...GATEWAY, id: "g1", tags: { env: "prod" } }] });
});
afterAll(() => emulator.close());
beforeEach(() => {
  emulator.reset();
  emulator.setFaults([{ match: { action: "*Describe*" }, effect: "delay", delayMs: 3_600_000 }]);
});

it("a second audit into a folder is refused with the folder and the process that is at work there", async () => {
  const { out, audit, start, names } = await auditFiles(emulator);
  const first = start();
  await untilCome(first, () => names("runs").some(isWhole));
  for (const more of [[], ["--resume"], ["--format", "table"]]) {
    const { code, stdout, stderr } = await audit(...more);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^tagwarden: [^\n]+; wait until it ends, or give another --out\n$/u);
    expect(stderr).toContain(`${out}: another audit is at work there, process ${first.child.pid} on `);
  }
  expect(names("runs")).toHaveLength(1);
});

it("a folder is free again when its audit was killed, interrupted or has ended", async () => {
  const { out, audit, start, names, killed } = await auditFiles(emulator);
  await killed(() => names("runs").some(isWhole));
  expect(names("").filter((name) => name.endsWith(".lock"))).toHaveLength(1);
  const resumed = start("--resume");
  await untilCome(resumed, () => names("").includes("audit.2.lock") && !names("").includes("audit.1.lock"));
  expect(readFileSync(join(out, "audit.2.lock"), "utf8")).toContain(`"pid":${resumed.child.pid},`);
  resumed.child.kill("SIGINT");
  expect(await resumed.ended()).toBe(130);
  emulator.setFaults([]);
  expect(await audit("--resume")).toMatchObject({ code: 0, stderr: "" });
  expect(names("").filter((name) => name.endsWith(".lock"))).toEqual([]);
});
