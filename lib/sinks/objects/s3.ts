import type { S3Client } from "@aws-sdk/client-s3";
import type { ObjectStore } from "../../app/ports/objects.ts";
import { checkObjectName } from "./name.ts";

const CONTENT_TYPES: readonly (readonly [string, string])[] = [
  [".ndjson.gz", "application/gzip"],
  [".json", "application/json"],
  [".md", "text/markdown; charset=utf-8"],
  [".html", "text/html; charset=utf-8"],
  [".csv", "text/csv; charset=utf-8"],
];

export interface S3ObjectsOptions {
  /** Made when first needed, so that a function that doesn't write doesn't load the SDK. */
  readonly client: () => Promise<S3Client>;
  readonly bucket: string;
  /** Put before every name, with its own `/` at the end. */
  readonly prefix?: string;
}

/** Objects in a bucket. Throws what the SDK throws. What enforcement does without is loaded when it is needed. */
export function s3Objects({ client, bucket, prefix = "" }: S3ObjectsOptions): ObjectStore {
  const rest = async () => (await import("./s3-kept.ts")).s3KeptObjects(await client(), bucket, prefix);
  return {
    async put(name, body) {
      checkObjectName(name);
      const { PutObjectCommand } = await import("@aws-sdk/client-s3");
      const type = CONTENT_TYPES.find(([extension]) => name.endsWith(extension))?.[1];
      await (
        await client()
      ).send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: prefix + name,
          Body: body,
          ContentType: type ?? "application/octet-stream",
        }),
      );
    },
    get: async (name) => (await rest()).get(name),
    list: async (start) => (await rest()).list(start),
    remove: async (names) => (await rest()).remove(names),
  };
}
