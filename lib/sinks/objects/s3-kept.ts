import {
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  type S3Client,
} from "@aws-sdk/client-s3";
import type { ObjectStore } from "../../app/ports/objects.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html */
const KEYS_PER_DELETE = 1000;

/** What can be done with the objects that are in a bucket, under a prefix. Throws what the SDK throws. */
export function s3KeptObjects(s3: S3Client, bucket: string, prefix: string): Omit<ObjectStore, "put"> {
  return {
    async get(name) {
      try {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: prefix + name }));
        return await Body?.transformToByteArray();
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      }
    },
    async list(start) {
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
      for (let from = 0; from < names.length; from += KEYS_PER_DELETE) {
        const Objects = names.slice(from, from + KEYS_PER_DELETE).map((name) => ({ Key: prefix + name }));
        const { Errors } = await s3.send(
          new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }),
        );
        const [first] = Errors ?? [];
        if (first !== undefined) throw new Error(`S3 didn't delete ${first.Key}: ${first.Code} ${first.Message}`);
      }
    },
  };
}
