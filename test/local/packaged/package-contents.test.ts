import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { packageService } from "../../../local/packaged/package-service.ts";
import { unzip } from "../../../local/packaged/unzip.ts";
import { zipOf } from "../../fixtures/zip-of.ts";

const cache = mkdtempSync(join(tmpdir(), "tagwarden-contents-"));
afterAll(() => rmSync(cache, { recursive: true, force: true }));

test("each function's package holds its own code and no other function's, for Lambda to read whoever packages it", async () => {
  const root = process.cwd();
  // As on a machine whose users keep their files to themselves; files that Lambda could not read are refused.
  const before = process.umask(0o077);
  const deployParams = { webhooks: "yes" };
  const folder = await packageService({ root, file: "serverless.yml", stage: "dev", deployParams, cache }).finally(() =>
    process.umask(before),
  );
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

test("a package with a file that its owner alone may read is refused, as Lambda could not run it", () => {
  const folder = join(cache, "unpacked");
  expect(() => unzip(zipOf({ "code.mjs": "" }, 0o100600), folder)).toThrow(/code\.mjs .* not by Lambda/);
  unzip(zipOf({ "code.mjs": "" }), folder);
  expect(readdirSync(folder)).toEqual(["code.mjs"]);
});
