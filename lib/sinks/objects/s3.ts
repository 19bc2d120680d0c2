import type { S3Client } from "@aws-sdk/client-s3";
import type { ObjectStore } from "../../app/ports/objects.ts";
import { chunksOf } from "../../core/chunks.ts";
import { checkObjectName } from "./name.ts";

const CONTENT_TYPES: readonly (readonly [string, string])[] = [
  [".ndjson.gz", "application/gzip"],
  [".json", "application/json"],
  [".md", "text/markdown; charset=utf-8"],
  [".html", "text/html; charset=utf-8"],
  [".csv", "text/csv; charset=utf-8"],
];

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html */
const KEYS_PER_DELETE = 1000;

export interface S3ObjectsOptions {
  /** Made when first needed, so that a function that doesn't write doesn't load the SDK. */
  readonly client: () => Promise<S3Client>;
  readonly bucket: string;
  /** Put before every name, with its own `/` at the end. */
  readonly prefix?: string;
}

/** Objects in a bucket. Throws what the SDK throws. */
export function s3Objects({ client, bucket, prefix = "" }: S3ObjectsOptions): ObjectStore {
  const open = () => Promise.all([client(), import("@aws-sdk/client-s3")]);
  return {
    async put(name, body) {
      checkObjectName(name);
      const [s3, { PutObjectCommand }] = await open();
      const type = CONTENT_TYPES.find(([extension]) => name.endsWith(extension))?.[1];
      await s3.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: prefix + name,
          Body: body,
          ContentType: type ?? "application/octet-stream",
        }),
      );
    },

    async get(name) {
      const [s3, { GetObjectCommand, NoSuchKey }] = await open();
      try {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: prefix + name }));
        return await Body?.transformToByteArray();
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      }
    },

    async list(start) {
      const [s3, { ListObjectsV2Command }] = await open();
      const names: string[] = [];
      let token: string | undefined;
      do {
        const page = await s3.send(
          new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix + start, ContinuationToken: token }),
        );
        for (const { Key } of page.Contents ?? []) if (Key !== undefined) names.push(Key.slice(prefix.length));
        token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
      } while (token !== undefined);
      return names.sort();
    },

    async remove(names) {
      if (names.length === 0) return;
      const [s3, { DeleteObjectsCommand }] = await open();
      for (const some of chunksOf(names, KEYS_PER_DELETE)) {
        const Objects = some.map((name) => ({ Key: prefix + name }));
        const { Errors } = await s3.send(
          new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }),
        );
        const [first] = Errors ?? [];
        if (first !== undefined) throw new Error(`S3 didn't delete ${first.Key}: ${first.Code} ${first.Message}`);
      }
    },
  };
}
