import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { packageService } from "../../../local/packaged/package-service.ts";
import { unzip } from "../../../local/packaged/unzip.ts";

const cache = mkdtempSync(join(tmpdir(), "tagwarden-contents-"));
afterAll(() => rmSync(cache, { recursive: true, force: true }));

test("each function's package holds its own code and no other function's, for Lambda to read whoever packages it", async () => {
  const root = process.cwd();
  // As on a machine whose users keep their files to themselves; files that Lambda could not read are refused.
  const before = process.umask(0o077);
  const folder = await packageService({ root, file: "serverless.yml", stage: "dev", cache }).finally(() =>
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

/** A zip of one empty file. */
function zipOf(name: string, mode: number): Buffer {
  const local = Buffer.alloc(30 + name.length);
  local.writeUInt32LE(0x04034b50);
  local.writeUInt16LE(name.length, 26);
  local.write(name, 30);
  const entry = Buffer.alloc(46 + name.length);
  entry.writeUInt32LE(0x02014b50);
  entry.writeUInt16LE(name.length, 28);
  entry.writeUInt32LE((mode << 16) >>> 0, 38);
  entry.write(name, 46);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, entry, end]);
}

test("a package with a file that its owner alone may read is refused, as Lambda could not run it", () => {
  const folder = join(cache, "unpacked");
  expect(() => unzip(zipOf("code.mjs", 0o100600), folder)).toThrow(/code\.mjs .* not by Lambda/);
  unzip(zipOf("code.mjs", 0o100644), folder);
  expect(readdirSync(folder)).toEqual(["code.mjs"]);
});
