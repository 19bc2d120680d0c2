import { InputError } from "../core/errors.ts";
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
      `${variable}: ${location} is not JSON. Policies are compiled by \`tagwarden policy compile\`; a configuration is written as JSON.`,
    );
  }
}

async function readText(variable: string, location: string, aws: Pick<AwsClients, "s3">): Promise<string> {
  try {
    if (!location.startsWith("s3://")) return readFileText(location);
    return await (await import("./s3-text.ts")).readS3Text(location, aws);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new InputError(`${variable}: ${location} can't be read: ${problem}`);
  }
}
