import { InputError } from "../../core/errors.ts";
import type { AwsClients } from "./aws-clients.ts";
import { readFileText } from "./read-file.ts";

/**
 * A JSON document from a path in the package or from `s3://BUCKET/KEY`. Throws an InputError that says which variable
 * led there and what was wrong.
 */
export async function loadJson(variable: string, location: string, aws: Pick<AwsClients, "s3">): Promise<unknown> {
  const text = await readText(variable, location, aws);
  try {
    return JSON.parse(text);
  } catch {
    throw new InputError(
      `${variable}: ${location} ${text.trim() === "" ? "is empty" : "is not JSON"}. ${remedy(variable)}`,
    );
  }
}

async function readText(variable: string, location: string, aws: Pick<AwsClients, "s3">): Promise<string> {
  try {
    if (!location.startsWith("s3://")) return readFileText(location);
    return await (await import("./s3-text.ts")).readS3Text(location, aws);
  } catch (error) {
    const problem = error instanceof Error ? `${error.message} (${error.name})` : String(error);
    // Without leave to list a bucket, S3 says "access denied" of what isn't there.
    const place = location.startsWith("s3://")
      ? " Functions may read what lies under settings/ in the report bucket."
      : "";
    throw new InputError(
      `${variable}: ${location} isn't there, or can't be read: ${problem}. ${remedy(variable)}${place}`,
    );
  }
}

/** What is to be put there. */
function remedy(variable: string): string {
  return `Put there what \`tagwarden ${variable === "TAGWARDEN_CONFIG" ? "config" : "policy"} compile\` writes.`;
}
