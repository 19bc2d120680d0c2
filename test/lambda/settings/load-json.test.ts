import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { mockClient } from "aws-sdk-client-mock";
import { expect, onTestFinished, test } from "vitest";
import { loadJson } from "../../../lib/lambda/settings/load-json.ts";

const PLACE = "s3://reports/settings/policies.json";

/** Reads from a bucket whose answer is this failure. */
async function failure(variable: string, name: string, message: string): Promise<string> {
  const client = new S3Client({ region: "us-east-1" });
  mockClient(client)
    .on(GetObjectCommand, { Bucket: "reports", Key: "settings/policies.json" })
    .rejects(Object.assign(new Error(message), { name }));
  const error: unknown = await loadJson(variable, PLACE, { s3: async () => client }).catch((thrown: unknown) => thrown);
  return error instanceof Error ? `${error.name}: ${error.message}` : "it was read";
}

test.each([
  ["NoSuchKey", "The specified key does not exist."],
  ["NoSuchBucket", "The specified bucket does not exist"],
  // What S3 says of an object that isn't there to those who may not list the bucket.
  ["AccessDenied", "Access Denied"],
])("a bucket that says %s gets one message with the variable, the place and what to put there", async (name, says) => {
  const message = await failure("TAGWARDEN_POLICIES", name, says);
  expect(message).toContain(
    `SettingsUnavailable: TAGWARDEN_POLICIES: ${PLACE} isn't there, or can't be read: ${says} (${name}).`,
  );
  expect(message).toContain(
    "Put there what `tagwarden policy compile` writes. Functions may read what lies under settings/",
  );
});

test("a configuration that isn't there is made by another command", async () => {
  expect(await failure("TAGWARDEN_CONFIG", "NoSuchKey", "no")).toContain("what `tagwarden config compile` writes");
});

test.each([
  ["", /is empty\. Put there what/],
  [" \n", /is empty\. Put there what/],
  ["version: 1", /is not JSON\. Put there what/],
])("a file that holds %j says so", async (text, says) => {
  const folder = mkdtempSync(join(tmpdir(), "tagwarden-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "policies.json");
  writeFileSync(path, text);
  const s3 = (): Promise<never> => expect.fail("S3 was asked");
  await expect(loadJson("TAGWARDEN_POLICIES", path, { s3 })).rejects.toThrow(says);
});
