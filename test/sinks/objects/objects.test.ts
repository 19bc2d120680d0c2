import { mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ObjectStore } from "../../../lib/app/ports/objects.ts";
import { InputError } from "../../../lib/core/errors.ts";
import { createAwsClients } from "../../../lib/lambda/settings/aws-clients.ts";
import { fileObjects, removeUnfinished } from "../../../lib/sinks/objects/files.ts";
import { memoryObjects } from "../../../lib/sinks/objects/memory.ts";
import { s3Objects } from "../../../lib/sinks/objects/s3.ts";
import { recordingServer } from "../../providers/recording-server.ts";
import { BUCKET, openAws } from "../aws-clients.ts";

let aws: Awaited<ReturnType<typeof openAws>>;
let directory: string;

beforeAll(async () => {
  aws = await openAws();
  directory = await mkdtemp(join(tmpdir(), "tagwarden-objects-"));
});
afterAll(async () => {
  await aws.close();
  await rm(directory, { recursive: true });
});

let stores = 0;
const openings: readonly (readonly [string, () => ObjectStore])[] = [
  ["memory", () => memoryObjects()],
  ["files", () => fileObjects(join(directory, `store-${(stores += 1)}`))],
  ["S3", () => s3Objects({ client: aws.s3, bucket: BUCKET, prefix: `store-${(stores += 1)}/` })],
];

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (body: Uint8Array | undefined) => body && new TextDecoder().decode(body);

describe.each(openings)("objects in %s", (_, open) => {
  it("gives back the bytes that were put", async () => {
    const objects = open();
    const body = Uint8Array.from({ length: 256 }, (_unused, n) => n);
    await objects.put("a/b.ndjson.gz", body);
    expect(Uint8Array.from((await objects.get("a/b.ndjson.gz")) ?? [])).toEqual(body);
  });

  it("gives back an object without bytes", async () => {
    const objects = open();
    await objects.put("empty", new Uint8Array());
    expect(text(await objects.get("empty"))).toBe("");
  });

  it("has nothing under a name that nothing was put under", async () => {
    expect(await open().get("a/none")).toBeUndefined();
  });

  it("replaces what was there", async () => {
    const objects = open();
    await objects.put("a", bytes("one, and longer"));
    await objects.put("a", bytes("two"));
    expect(text(await objects.get("a"))).toBe("two");
    expect(await objects.list("")).toEqual(["a"]);
  });

  it("lists the names that start with a prefix, in any depth, sorted", async () => {
    const objects = open();
    for (const name of ["x/run=2/b", "x/run=1/z", "x/run=1/a", "x/run=11/a", "y/run=1/a", "z"]) {
      await objects.put(name, bytes(name));
    }
    expect(await objects.list("x/run=1")).toEqual(["x/run=1/a", "x/run=1/z", "x/run=11/a"]);
    expect(await objects.list("x/run=1/")).toEqual(["x/run=1/a", "x/run=1/z"]);
    expect(await objects.list("")).toHaveLength(6);
    expect(await objects.list("w/")).toEqual([]);
  });

  it("removes what it is told to and nothing else, and doesn't mind what is gone already", async () => {
    const objects = open();
    for (const name of ["a", "b", "c"]) await objects.put(name, bytes(name));
    await objects.remove(["a", "c", "never-there"]);
    await objects.remove([]);
    expect(await objects.list("")).toEqual(["b"]);
  });

  it("keeps the odd characters that account and region names may bring", async () => {
    const objects = open();
    const name = "evaluations/run=2026-11-22T02-00-00-000Z/shard=a.b c+d%20é/1.json";
    await objects.put(name, bytes("x"));
    expect(await objects.list("evaluations/")).toEqual([name]);
    expect(text(await objects.get(name))).toBe("x");
  });

  it.each(["../up", "a/../../up", "/root", "a//b", "", "a\\b", "."])("refuses the name %j", async (name) => {
    await expect(open().put(name, bytes("x"))).rejects.toThrow(InputError);
  });
});

describe("objects in files", () => {
  it("leaves no unfinished file behind", async () => {
    const store = join(directory, "finished");
    await fileObjects(store).put("a/b", bytes("x"));
    expect(await readdir(join(store, "a"))).toEqual(["b"]);
  });

  it("doesn't list what a crash left unfinished", async () => {
    const store = join(directory, "crashed");
    const objects = fileObjects(store);
    await objects.put("a/b", bytes("x"));
    await writeFile(join(store, "a", "c.1-1.unfinished"), "half");
    expect(await objects.list("a/")).toEqual(["a/b"]);
  });

  it("leaves no folder of a run behind empty, and no file that a crash left half written", async () => {
    const store = join(directory, "emptied");
    const objects = fileObjects(store);
    const names = ["work/run=1/shard=a/x", "work/run=1/shard=b/x", "summaries/run=1/shard=a/x", "findings/x"];
    for (const name of names) await objects.put(name, bytes("x"));
    const left = ["work/run=1/shard=b/x.1-1.unfinished", "findings/y.1-1.unfinished", "findings/mine.unfinished"];
    for (const name of left) await writeFile(join(store, name), "half");
    await removeUnfinished(store, ["work/", "findings/", "runs/"]);
    await objects.remove(names.filter((name) => !name.includes("shard=b")));
    const found = await readdir(store, { recursive: true });
    expect(found.sort()).toEqual(
      ["findings", "findings/mine.unfinished", "summaries", "work", "work/run=1"].concat([
        "work/run=1/shard=b",
        "work/run=1/shard=b/x",
      ]),
    );
  });

  it("writes into a folder that is emptied at the same moment", async () => {
    const objects = fileObjects(join(directory, "busy"));
    await Promise.all(
      Array.from({ length: 200 }, async (_, n) => {
        await objects.put(`work/run=1/${n}`, bytes("x"));
        await objects.remove([`work/run=1/${n}`]);
      }),
    );
    expect(await objects.list("work/")).toEqual([]);
  });

  it("takes nothing for missing that is there and can't be read", async () => {
    const store = join(directory, "unreadable");
    const objects = fileObjects(store);
    await objects.put("a/b", bytes("x"));
    await expect(objects.get("a")).rejects.toThrow("EISDIR");
    await expect(objects.get("x".repeat(300))).rejects.toThrow("ENAMETOOLONG");
    await symlink("loop", join(store, "loop"));
    await expect(objects.list("loop/")).rejects.toThrow("ELOOP");
    expect(await objects.get("a/b/c")).toBeUndefined();
    expect(await objects.list("a/b/")).toEqual([]);
  });

  it("leaves nothing half written behind where it fails, and says whose fault it is", async () => {
    const store = join(directory, "failing");
    const objects = fileObjects(store);
    await objects.put("a/b", bytes("x"));
    const failing = objects.put("a", bytes("x"));
    await expect(failing).rejects.toThrow(InputError);
    await expect(failing).rejects.toThrow(/failing\/a: can't be written/u);
    expect((await readdir(store, { recursive: true })).toSorted()).toEqual(["a", "a/b"]);
  });

  it("removes the folders of runs alone, however long their names are", async () => {
    const store = join(directory, "folders");
    const objects = fileObjects(store);
    const names = ["run=2026-11-22/x", "work/run=12/shard=ab.c/x", "work/run=12x/deep/x", "work/rerun=1/x"];
    for (const name of names) await objects.put(name, bytes("x"));
    await objects.remove(names);
    expect((await readdir(store, { recursive: true })).toSorted()).toEqual([
      "work",
      "work/rerun=1",
      "work/run=12x",
      "work/run=12x/deep",
    ]);
  });

  it("removes what killed processes left half written, and no file that only looks so", async () => {
    const store = join(directory, "killed");
    await fileObjects(store).put("findings/x", bytes("x"));
    const names = ["x.12345-678.unfinished", "y.1-1.unfinished.bak", "z.unfinished", "a-1.unfinished"];
    for (const name of names) await writeFile(join(store, "findings", name), "half");
    await removeUnfinished(store, ["findings/", "never/"]);
    expect((await readdir(join(store, "findings"))).toSorted()).toEqual([
      "a-1.unfinished",
      "x",
      "y.1-1.unfinished.bak",
      "z.unfinished",
    ]);
  });

  it("names the path where the directory can't be written", async () => {
    const file = join(directory, "a-file");
    await writeFile(file, "x");
    await expect(fileObjects(file).put("a/b", bytes("x"))).rejects.toThrow(/a-file.*can't be written/u);
  });
});

describe("objects in S3", () => {
  it("lists and removes more than a page of 1,000", async () => {
    const objects = s3Objects({ client: aws.s3, bucket: BUCKET, prefix: "many/" });
    const names = Array.from({ length: 1005 }, (_, n) => `n/${String(n).padStart(5, "0")}`);
    await Promise.all(names.map((name) => objects.put(name, bytes(name))));
    expect(await objects.list("n/")).toEqual(names);
    await objects.remove(names);
    expect(await objects.list("n/")).toEqual([]);
  });
});

it("says which object S3 did not delete, although S3 answers 200", async () => {
  const refusal =
    "<Error><Key>runs/a</Key><Code>AccessDenied</Code><Message>not yours</Message></Error>" +
    "<Error><Key>runs/b</Key><Code>InternalError</Code><Message>try again</Message></Error>";
  await using server = await recordingServer(() => ({
    status: 200,
    headers: { "content-type": "application/xml" },
    body: `<DeleteResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${refusal}</DeleteResult>`,
  }));
  const { s3: client } = createAwsClients({ AWS_ENDPOINT_URL_S3: server.origin });
  const objects = s3Objects({ client, bucket: BUCKET, prefix: "runs/" });
  await expect(objects.remove(["a", "b"])).rejects.toThrow("S3 didn't delete runs/a: AccessDenied not yours");
});
