import { describe, expect, test } from "vitest";
import { createAwsClients } from "../../../lib/lambda/settings/aws-clients.ts";
import { s3Objects } from "../../../lib/sinks/objects/s3.ts";
import { recordingServer, type RecordedRequest } from "../../providers/recording-server.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

interface Said {
  readonly status?: number;
  readonly body?: string;
}

/** Objects in a bucket that answers as it is told. */
async function answering(answer: (request: RecordedRequest) => Said) {
  const server = await recordingServer((request) => ({
    headers: { "content-type": "application/xml" },
    ...answer(request),
  }));
  const limits = { attempts: 1, connectMs: 5_000, answerMs: 60_000 };
  const { s3: client } = createAwsClients({ AWS_ENDPOINT_URL_S3: server.origin }, limits);
  const objects = s3Objects({ client, bucket: "b", prefix: "p/" });
  return { objects, requests: server.requests, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

describe("objects in S3", () => {
  test.each([
    ["journal/x.ndjson.gz", "application/gzip"],
    ["a.json", "application/json"],
    ["a.md", "text/markdown; charset=utf-8"],
    ["a.html", "text/html; charset=utf-8"],
    ["a.csv", "text/csv; charset=utf-8"],
    ["a.json.bak", "application/octet-stream"],
  ])("are %s of the type %s, so that a browser shows them", async (name, type) => {
    await using bucket = await answering(() => ({}));
    await bucket.objects.put(name, bytes("x"));
    expect(bucket.requests[0]).toMatchObject({ method: "PUT", path: `/b/p/${name}` });
    expect(bucket.requests[0]?.headers["content-type"]).toBe(type);
  });

  test("that can't be read are not taken for ones that aren't there", async () => {
    const refusal = (code: string) => `<Error><Code>${code}</Code><Message>not yours</Message></Error>`;
    await using denied = await answering(() => ({ status: 403, body: refusal("AccessDenied") }));
    await expect(denied.objects.get("a")).rejects.toThrow("not yours");
    await expect(denied.objects.list("a")).rejects.toThrow("not yours");
    await using gone = await answering(() => ({ status: 404, body: refusal("NoSuchBucket") }));
    await expect(gone.objects.get("a")).rejects.toThrow("not yours");
  });

  test("are listed to the last page, in order, although a page may be empty", async () => {
    const pages = [
      "<IsTruncated>true</IsTruncated><NextContinuationToken>t1</NextContinuationToken><Contents><Key>p/b</Key></Contents>",
      "<IsTruncated>true</IsTruncated><NextContinuationToken>t2</NextContinuationToken>",
      // What a last page says of a next one counts for nothing.
      "<IsTruncated>false</IsTruncated><NextContinuationToken>t3</NextContinuationToken><Contents><Key>p/a</Key></Contents>",
    ];
    await using bucket = await answering(({ query }) => {
      const page = Number(query.get("continuation-token")?.slice(1) ?? 0);
      return { body: `<ListBucketResult>${pages[page]}</ListBucketResult>` };
    });
    expect(await bucket.objects.list("")).toEqual(["a", "b"]);
    expect(bucket.requests).toHaveLength(3);
  });

  test("are removed a thousand at a time, and none of none", async () => {
    await using bucket = await answering(() => ({ body: "<DeleteResult></DeleteResult>" }));
    await bucket.objects.remove([]);
    expect(bucket.requests).toEqual([]);
    await bucket.objects.remove(Array.from({ length: 1_001 }, (_, n) => `n${n}`));
    expect(bucket.requests.map(({ body }) => body.match(/<Key>p\/n/gu)?.length)).toEqual([1_000, 1]);
    expect(bucket.requests[0]?.body).toContain("<Quiet>true</Quiet>");
  });
});
