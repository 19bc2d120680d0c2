import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { packageService } from "../../../local/packaged/package-service.ts";

const cache = mkdtempSync(join(tmpdir(), "tagwarden-contents-"));
afterAll(() => rmSync(cache, { recursive: true, force: true }));

test("each function's package holds its own code and no other function's", async () => {
  const root = process.cwd();
  const folder = await packageService({ root, file: "serverless.yml", stage: "dev", cache });
  const held = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => {
      const files = readdirSync(join(folder, name, "functions"));
      return [name, [...new Set(files.map((file) => file.slice(0, file.indexOf("."))))]];
    });
  expect(Object.fromEntries(held)).toEqual({
    ingest: ["ingest"],
    enforce: ["enforce"],
    startAudit: ["start-audit"],
    auditShard: ["audit-shard"],
    publishReport: ["publish-report"],
    sendAlerts: ["send-alerts"],
  });
}, 300_000);
