import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bundleFunction, type BundledFunction } from "../../bench/bundle-function.ts";
import { ordinaryInvocation } from "../../bench/ordinary-invocation.ts";
import { startOrdinaryWorld, type OrdinaryWorld } from "../../bench/ordinary-world.ts";

/** A cold start of an account of one cloud, with its rows and tables, is to load no more; the search of plans comes on top. */
const MOST_BYTES = { start: 141_500, ordinary: 185_700, mixed: 199_800 };
/** Node takes 0.1 to 0.3 ms to find and read one. */
const MOST_FILES = 34;

const folders = ["one", "other"].map((name) => join(mkdtempSync(join(tmpdir(), "tagwarden-bundle-")), name));
let bundle: BundledFunction;
let world: OrdinaryWorld;

beforeAll(async () => {
  for (const folder of folders) bundle = await bundleFunction("functions/enforce.ts", folder);
  world = await startOrdinaryWorld();
});

afterAll(() => world.close());

test("a cold start of enforce loads no more than it may", () => {
  const { bytes, inputs } = bundle.start;
  // Where to look when it fails.
  const biggest = inputs.slice(0, 10).map(([source, size]) => `${source} ${size}`);
  expect(bytes, `${bytes} bytes are loaded. The biggest: ${biggest.join(", ")}`).toBeLessThan(MOST_BYTES.start);
});

test("an ordinary invocation of enforce has loaded no more than it may when all is tagged", async () => {
  const { inTheEnd, files } = await ordinaryInvocation(bundle.path, world);
  expect(inTheEnd, `loaded: ${files.join("; ")}`).toBeLessThan(MOST_BYTES.ordinary);
  expect(files.length, `loaded: ${files.join("; ")}`).toBeLessThanOrEqual(MOST_FILES);
});

test("resources that lack different tags load the planner's search, and nothing else", async () => {
  const [ordinary, mixed] = [
    await ordinaryInvocation(bundle.path, world),
    await ordinaryInvocation(bundle.path, world, { mixed: true }),
  ];
  const known = new Set(ordinary.files.map(([name]) => name));
  expect(mixed.files.map(([name]) => name).filter((name) => !known.has(name))).toEqual([
    expect.stringMatching(/^enforce\.plan-/),
  ]);
  expect(mixed.inTheEnd).toBeLessThan(MOST_BYTES.mixed);
});

test("a cold start of enforce loads no AWS SDK, no schema library, no YAML, no JMESPath, and nothing of one cloud", () => {
  const unwanted = /aws-sdk|smithy|\/zod\/|\/yaml\/|re2js|recheck|jmespath|providers\/(?:alibaba|aws|huawei)\//;
  expect(bundle.start.inputs.filter(([source]) => unwanted.test(source))).toEqual([]);
});

test("two bundles of the same sources are the same, file by file", () => {
  const [one, other] = folders.map((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => `${name}\n${readFileSync(join(parentPath, name), "utf8")}`)
      .toSorted(),
  );
  expect(one?.length).toBeGreaterThan(5);
  expect(one).toEqual(other);
});
