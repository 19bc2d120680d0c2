import { InputError } from "../../core/errors.ts";
import type { AwsClients } from "./aws-clients.ts";

/** Settings in the bucket that can't be had now: what isn't there, or is wrong, may be put right any time. */
export class SettingsUnavailable extends Error {
  override readonly name = "SettingsUnavailable";
}

/**
 * A JSON document from a path in the package or from `s3://BUCKET/KEY`. Throws an InputError that says which variable
 * led there and what was wrong; of a bucket, SettingsUnavailable.
 */
export async function loadJson(variable: string, location: string, aws: Pick<AwsClients, "s3">): Promise<unknown> {
  const text = await readText(variable, location, aws);
  try {
    return JSON.parse(text);
  } catch {
    throw problemAt(
      location,
      `${variable}: ${location} ${text.trim() === "" ? "is empty" : "is not JSON"}. ${remedy(variable)}`,
    );
  }
}

async function readText(variable: string, location: string, aws: Pick<AwsClients, "s3">): Promise<string> {
  try {
    if (!location.startsWith("s3://")) return readFileText(location);
    return await readS3Text(location, aws);
  } catch (error) {
    const problem = error instanceof Error ? `${error.message} (${error.name})` : String(error);
    // Without leave to list a bucket, S3 says "access denied" of what isn't there.
    const place = location.startsWith("s3://")
      ? " Functions may read what lies under settings/ in the report bucket."
      : "";
    throw problemAt(
      location,
      `${variable}: ${location} isn't there, or can't be read: ${problem}. ${remedy(variable)}${place}`,
      error,
    );
  }
}

/** What is wrong with a setting. What lies in the package stays as it is until the next deployment. */
export function problemAt(location: string, message: string, cause?: unknown): InputError | SettingsUnavailable {
  return location.startsWith("s3://") ? new SettingsUnavailable(message, { cause }) : new InputError(message);
}

/** The text of the object at `s3://BUCKET/KEY`. Throws what the SDK throws. */
async function readS3Text(location: string, { s3 }: Pick<AwsClients, "s3">): Promise<string> {
  const { GetObjectCommand } = await import("@aws-sdk/client-s3");
  const { hostname: bucket, pathname } = new URL(location);
  const key = decodeURIComponent(pathname.slice(1));
  const { Body: body } = await (await s3()).send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  return (await body?.transformToString()) ?? "";
}

/** What is to be put there. */
function remedy(variable: string): string {
  return `Put there what \`tagwarden ${variable === "TAGWARDEN_CONFIG" ? "config" : "policy"} compile\` writes.`;
}

/**
 * The text of a file. Node's `fs` is there before any function, and is asked for and not imported: an import reads all
 * that it exports, `fs.promises` among them, which takes a cold start 1.5 ms to load. A file of the package is read in
 * a fraction of one.
 */
export function readFileText(path: string): string {
  return process.getBuiltinModule("node:fs").readFileSync(path, "utf8");
}
