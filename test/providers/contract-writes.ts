import { assert, asyncProperty, constantFrom, oneof, string, type Arbitrary } from "../properties.ts";
import { describe, expect, test } from "vitest";
import { textProblem, type TextLimits } from "../../lib/core/contract.ts";
import { NO_TAGS } from "../../lib/core/resource.ts";
import { manyTags, type TriedProvider } from "./tried-provider.ts";

/** What was written is there, and nothing else has changed. */
export function writesContract(tried: TriedProvider): void {
  const { contract, fresh, tag, untag, read } = tried;
  describe("writes", () => {
    test("a tag that was written is read, and is gone when it was taken off", async () => {
      const id = fresh();
      const result = await tag([id], new Map([["owner", "team-a"]]));
      expect(result.succeeded).toEqual([id]);
      expect(result.failed.size).toBe(0);
      expect(await read(id)).toEqual(new Map([["owner", "team-a"]]));
      await untag([id], ["owner"]);
      expect(await read(id)).toEqual(NO_TAGS);
    });

    test("other tags stay as they are, and the same write again changes nothing", async () => {
      const id = fresh(new Map([["kept", "as is"]]));
      await tag([id], new Map([["env", "prod"]]));
      await tag([id], new Map([["env", "prod"]]));
      const expected = new Map([
        ["kept", "as is"],
        ["env", "prod"],
      ]);
      expect(tried.subject.tagsOf(id)).toEqual(expected);
      expect(await read(id)).toEqual(expected);
    });

    test("taking off a key that isn't there succeeds", async () => {
      const id = fresh(new Map([["kept", "as is"]]));
      const result = await untag([id], ["absent"]);
      expect(result.succeeded).toEqual([id]);
      expect(tried.subject.tagsOf(id)).toEqual(new Map([["kept", "as is"]]));
    });

    test("one call takes as many resources and tags as the contract says", async () => {
      const ids = Array.from({ length: contract.tag.resourcesPerCall }, () => fresh());
      const tags = manyTags(Math.min(contract.tag.tagsPerCall, contract.tagsPerResource));
      const before = tried.subject.requests();
      const result = await tag(ids, tags);
      expect(tried.subject.requests() - before).toBe(1);
      expect(result.succeeded).toEqual(ids);
      for (const id of ids) expect(tried.subject.tagsOf(id)).toEqual(tags);
    });

    test("every legal tag comes back as it was written", async () => {
      await assert(
        asyncProperty(legalText(contract.key), legalText(contract.value), async (key, value) => {
          const id = fresh();
          await tag([id], new Map([[key, value]]));
          expect(tried.subject.tagsOf(id)).toEqual(new Map([[key, value]]));
          expect(await read(id)).toEqual(new Map([[key, value]]));
          await untag([id], [key]);
          expect(tried.subject.tagsOf(id)).toEqual(NO_TAGS);
        }),
        { numRuns: 40 },
      );
    });
  });
}

/** Text that the limits allow, up to `most` characters. */
function legalText(limits: TextLimits, most = 20): Arbitrary<string> {
  const common = constantFrom(..."aZé中文9 _.:=+-@/");
  const unit =
    limits.pattern === undefined ? oneof(common, string({ unit: "binary", minLength: 1, maxLength: 1 })) : common;
  return oneof(
    string({ unit, maxLength: most }),
    string({ unit, minLength: limits.maxLength, maxLength: limits.maxLength }),
  ).map((text) =>
    textProblem(text, limits) === undefined
      ? text
      : `k${text.replaceAll(/[^A-Za-z0-9]/g, "")}`.slice(0, limits.maxLength),
  );
}
