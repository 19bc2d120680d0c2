import { readFile } from "node:fs/promises";
import { InputError } from "../core/errors.ts";
import type { AwsClients } from "./aws-clients.ts";

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
    if (!location.startsWith("s3://")) return await readFile(location, "utf8");
    const { bucket, key } = splitS3(location);
    const { GetObjectCommand } = await import("@aws-sdk/client-s3");
    const { Body: body } = await (await aws.s3()).send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return (await body?.transformToString()) ?? "";
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new InputError(`${variable}: ${location} can't be read: ${problem}`);
  }
}

function splitS3(location: string): { bucket: string; key: string } {
  const { hostname, pathname } = new URL(location);
  return { bucket: hostname, key: decodeURIComponent(pathname.slice(1)) };
}
