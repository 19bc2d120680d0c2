import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { InputError } from "../../../lib/core/errors.ts";
import { packageService } from "../../../local/packaged/package-service.ts";
import { readPackage } from "../../../local/packaged/read-package.ts";
import { runLocal } from "../../../local/run/run.ts";
import { copiesWithoutOneAction, rolesOfFile } from "./copies.ts";

const ROOT = process.cwd();
const temporary = (): string => mkdtempSync(join(tmpdir(), "tagwarden-test-"));

/** serverless.yml with one thing changed. */
function changed(from: string, to: string): string {
  const text = readFileSync("serverless.yml", "utf8");
  if (!text.includes(from)) throw new Error(`serverless.yml no longer says ${from}`);
  const path = join(temporary(), "serverless.yml");
  writeFileSync(path, text.replace(from, to));
  return path;
}

const run = (serviceFile: string) => runLocal({ serviceFile, resources: 5, out: temporary() });

const READS_ENFORCE_QUEUE = /- sqs:\n\s+arn: !GetAtt EnforceQueue\.Arn\n(?:\s+(?:#.*|\w+: .*)\n)+/;

describe("a copy of serverless.yml", () => {
  it("without a variable can't start the function that needs it, and the message names both", async () => {
    const file = changed("    TAGWARDEN_TABLE: !Ref StateTable\n", "");
    await expect(run(file)).rejects.toThrow(
      /^(ingest|enforce|startAudit|auditShard|publishReport|sendAlerts): .*TAGWARDEN_TABLE is missing/,
    );
  }, 300_000);

  it("without what brings a queue's messages to its function doesn't start, and the message names the queue", async () => {
    const [binding = ""] = READS_ENFORCE_QUEUE.exec(readFileSync("serverless.yml", "utf8")) ?? [];
    const file = changed(binding, "[]\n");
    await expect(run(file)).rejects.toThrow(
      new InputError("serverless.yml: no function reads EnforceQueue: an sqs event with its arn is missing."),
    );
  }, 300_000);

  it("without an action is packaged without it, just as the wiring test reads such copies", async () => {
    const copies = copiesWithoutOneAction("serverless.yml");
    const copy = copies.find(({ role, without }) => role === "EnforceRole" && without === "dynamodb:UpdateItem");
    const file = join(temporary(), "serverless.yml");
    writeFileSync(file, copy?.text ?? "");
    const cache = join(temporary(), "packages");
    // With all its functions, whatever a configuration says of webhooks.
    const deployParams = { webhooks: "yes" };
    const folder = await packageService({ root: ROOT, file, stage: "local", deployParams, cache });
    const { functions, resources } = readPackage(folder, "local");
    const policiesOf = (role: string) => resources.find(({ logicalId }) => logicalId === role)?.properties["Policies"];
    expect(JSON.stringify(policiesOf("EnforceRole"))).not.toContain("dynamodb:UpdateItem");
    const packaged = functions.map(({ name, role }) => [name, policiesOf(role)] as const);
    const read = rolesOfFile(file, "local").map((one) => [one.function, one.properties["Policies"]] as const);
    expect(new Map(packaged)).toEqual(new Map(read));
  }, 300_000);

  it("that the framework refuses says what the framework said", async () => {
    const file = changed("    timeout: 60\n", "    timeout: soon\n");
    const cache = join(temporary(), "packages");
    await expect(packageService({ root: ROOT, file, stage: "local", cache })).rejects.toThrow(
      /can't be packaged[^]*timeout/,
    );
  }, 300_000);
});
