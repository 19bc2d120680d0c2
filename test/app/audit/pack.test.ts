import { describe, expect, it } from "vitest";
import { packIds } from "../../../lib/app/audit/pack.ts";
import type { CountedId } from "../../../lib/app/audit/pack.ts";
import * as fc from "../../properties.ts";

const LIMITS = { idsPerCall: 50, rowsPerPage: 50 };

const pagesOf = (batch: readonly CountedId[], rowsPerPage: number) =>
  Math.max(1, Math.ceil(batch.reduce((sum, { tagCount = 0 }) => sum + tagCount, 0) / rowsPerPage));
const callsOf = (batches: readonly (readonly CountedId[])[], { rowsPerPage } = LIMITS) =>
  batches.reduce((sum, batch) => sum + pagesOf(batch, rowsPerPage), 0);

function fixed(ids: readonly CountedId[], size: number): CountedId[][] {
  return Array.from({ length: Math.ceil(ids.length / size) }, (_, n) => ids.slice(n * size, (n + 1) * size));
}

const counted = (counts: readonly (number | undefined)[]): CountedId[] =>
  counts.map((tagCount, n) => ({ id: `r${n}`, ...(tagCount !== undefined && { tagCount }) }));

const ids = fc.array(fc.option(fc.nat(20), { nil: undefined }), { maxLength: 400 }).map(counted);

describe("packIds", () => {
  it("puts every id into exactly one batch that one call may name", () => {
    fc.assert(
      fc.property(
        ids,
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 60 }),
        (all, idsPerCall, rowsPerPage) => {
          const batches = packIds(all, { idsPerCall, rowsPerPage });
          expect(
            batches
              .flat()
              .map(({ id }) => id)
              .toSorted(),
          ).toEqual(all.map(({ id }) => id).toSorted());
          for (const batch of batches) {
            expect(batch.length).toBeGreaterThan(0);
            expect(batch.length).toBeLessThanOrEqual(idsPerCall);
          }
        },
      ),
    );
  });

  it("needs at most 2 % more calls than full pages, for 1,000 ids with 0 to 12 tags", () => {
    const counts = fc.array(fc.nat(12), { minLength: 1000, maxLength: 1000 });
    fc.assert(
      fc.property(counts, (tagCounts) => {
        const rows = tagCounts.reduce((sum, n) => sum + n, 0);
        const floor = Math.max(Math.ceil(rows / 50), Math.ceil(tagCounts.length / 50));
        expect(callsOf(packIds(counted(tagCounts), LIMITS))).toBeLessThanOrEqual(Math.ceil(floor * 1.02));
      }),
    );
  });

  it("needs fewer calls than batches of a fixed size where counts differ", () => {
    const all = counted(
      Array.from({ length: 1000 }, (_, n) => [3, 8, 6, 11, 1][n % 5] ?? 0).map((n, i) => n + (i % 3)),
    );
    expect(callsOf(packIds(all, LIMITS))).toBeLessThan(callsOf(fixed(all, 50)));
  });

  it("takes full batches where no count is known", () => {
    const batches = packIds(counted(Array.from({ length: 120 }, () => undefined)), LIMITS);
    expect(batches.map((batch) => batch.length)).toEqual([50, 50, 20]);
  });

  it("reads one id a call where the API takes one", () => {
    expect(packIds(counted([3, 20]), { idsPerCall: 1, rowsPerPage: 20 })).toHaveLength(2);
  });

  it("packs nothing into nothing", () => {
    expect(packIds([], LIMITS)).toEqual([]);
  });
});
