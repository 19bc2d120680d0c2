import { describe, expect, it } from "vitest";
import {
  holdSighting,
  joinLines,
  readSighting,
  sightingLine,
  type Sighting,
} from "../../../lib/app/audit/sightings.ts";
import { mergeRuns, sortedRun, withRun, type SortedRun, type SortFiles } from "../../../lib/app/audit/sort.ts";
import * as fc from "../../properties.ts";

function memoryFiles(): SortFiles & { readonly kept: Map<string, Uint8Array> } {
  const kept = new Map<string, Uint8Array>();
  return {
    kept,
    async put(body) {
      const name = `file-${kept.size}`;
      kept.set(name, body);
      return name;
    },
    async get(name) {
      return kept.get(name) ?? new Uint8Array();
    },
  };
}

const listed = (id: string): Sighting => ({
  id,
  type: "aws:*:*",
  inInventory: true,
  inTagListing: false,
  byEvent: false,
  tagCount: 1,
});

function runOf(sightings: readonly Sighting[], files: SortFiles): Promise<SortedRun> {
  const lines = new Map<string, string>();
  for (const sighting of sightings) holdSighting(lines, sighting);
  return sortedRun(lines, files);
}

async function sorted(ids: readonly string[], held: number, files: SortFiles, after?: string): Promise<Sighting[]> {
  let runs: SortedRun[] = [];
  for (let from = 0; from < ids.length; from += held) {
    const run = await runOf(ids.slice(from, from + held).map(listed), files);
    runs = await withRun(runs, run, files);
  }
  return sightingsOf(runs, files, after);
}

async function sightingsOf(runs: readonly SortedRun[], files: SortFiles, after?: string): Promise<Sighting[]> {
  const all: Sighting[] = [];
  for await (const block of mergeRuns(runs, files, after)) all.push(...block.map(({ line }) => readSighting(line)));
  return all;
}

const someIds = fc.array(fc.string({ unit: "binary", maxLength: 4 }), { maxLength: 200 });

describe("the sort of what a shard's listings show", () => {
  it("gives each id once and in order, whatever is held at once and however often an id was shown", async () => {
    await fc.assert(
      fc.asyncProperty(someIds, fc.integer({ min: 1, max: 20 }), async (ids, held) => {
        const expected = [...new Set(ids)].sort();
        expect((await sorted(ids, held, memoryFiles())).map(({ id }) => id)).toEqual(expected);
      }),
    );
  });

  it("leaves out what comes up to an id, which needn't be among them", async () => {
    await fc.assert(
      fc.asyncProperty(someIds, fc.string({ unit: "binary", maxLength: 4 }), async (ids, after) => {
        const expected = [...new Set(ids)].filter((id) => id > after).sort();
        expect((await sorted(ids, 7, memoryFiles(), after)).map(({ id }) => id)).toEqual(expected);
      }),
    );
  });

  it("merges runs on the way, so that few are left to be merged at last", async () => {
    const ids = Array.from({ length: 5000 }, (_, number) => String((number * 7919) % 5000));
    const files = memoryFiles();
    let runs: SortedRun[] = [];
    for (const id of ids) runs = await withRun(runs, await runOf([listed(id)], files), files);
    expect(runs.length).toBeLessThan(3 * 32);
    expect(Math.max(...runs.map(({ tier }) => tier))).toBe(2);
  });

  it("puts what an inventory and a tag listing show of an id together", async () => {
    const files = memoryFiles();
    const tags = new Map([["__proto__", "x"]]);
    const tagged: Sighting = { id: "a", type: "aws:*:*", inInventory: false, inTagListing: true, byEvent: false, tags };
    const runs = [
      await runOf([listed("a")], files),
      await runOf([tagged, { ...tagged, tags: new Map([["env", "dev"]]) }], files),
    ];
    expect(await sightingsOf(runs, files)).toEqual([
      { ...listed("a"), inTagListing: true, byEvent: false, tags: new Map([...tags, ["env", "dev"]]) },
    ]);
  });

  it("refuses a file that was cut off", async () => {
    const files = memoryFiles();
    const run = await runOf([listed("a"), listed("b")], files);
    const [name = ""] = run.files;
    const whole = files.kept.get(name) ?? new Uint8Array();
    for (let length = 0; length < whole.length; length += 1) {
      files.kept.set(name, whole.subarray(0, length));
      await expect(sightingsOf([run], files)).rejects.toThrow("is cut off");
    }
  });
});

describe("the line of a sighting", () => {
  it("joined with another's says the project that a listing shows, whichever comes first", () => {
    const byEvent: Sighting = { ...listed("a"), inInventory: false, byEvent: true, project: "p-told" };
    const inListing: Sighting = { ...listed("a"), project: "p-listed" };
    for (const [one, other] of [
      [byEvent, inListing],
      [inListing, byEvent],
    ] as const) {
      const joined = readSighting(joinLines(sightingLine(one), sightingLine(other)));
      expect(joined).toMatchObject({ project: "p-listed", byEvent: true, inInventory: true });
    }
  });

  it("gives back what went in, with tags of any name and ids of any characters", () => {
    const any = fc.string({ unit: "binary", maxLength: 8 });
    const tags = fc.array(fc.tuple(any, any)).map((pairs) => new Map(pairs));
    fc.assert(
      fc.property(
        any,
        any,
        tags,
        fc.option(fc.nat(50), { nil: undefined }),
        fc.option(any),
        (id, reason, all, tagCount, project) => {
          const sighting: Sighting = {
            id,
            type: "aws:ec2:instance",
            inInventory: tagCount !== undefined,
            inTagListing: true,
            byEvent: false,
            tags: all,
            notTaggable: reason,
            ...(tagCount !== undefined && { tagCount }),
            ...(project !== null && { project }),
          };
          const line = sightingLine(sighting);
          expect(line).not.toContain("\n");
          expect(readSighting(line)).toEqual(sighting);
        },
      ),
    );
  });
});
