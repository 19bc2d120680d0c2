import { describe, expect, test } from "vitest";
import { fitting, nextPart, partAt } from "../../../../lib/providers/alibaba/generic/query-length.ts";
import { canonicalQuery, type Parameters } from "../../../../lib/providers/canonical-query.ts";
import { array, assert, constantFrom, option, property, string, tuple } from "../../../properties.ts";

const name = tuple(constantFrom("i-", "项目-", "a b/"), string({ minLength: 1, maxLength: 300 })).map((parts) =>
  parts.join(""),
);
const names = array(name, { minLength: 1, maxLength: 50 });
const rest = string({ maxLength: 3_000 }).map((Tags): Parameters => ({ Tags }));

const ordinary = Array.from(
  { length: 50 },
  (_, n) => `arn:acs:ecs:cn-hangzhou:1234567890123456:instance/i-bp1abcdefghijklmno${String(n).padStart(2, "0")}`,
);

describe("the ARNs of a call", () => {
  test("are fifty of the usual length, with five tags", () => {
    const tags = {
      Tags: JSON.stringify(Object.fromEntries(["a", "b", "c", "d", "e"].map((key) => [key, "team-platform"]))),
    };
    expect(fitting(ordinary, tags)).toEqual(ordinary);
  });

  test("fill no more than 8 KB where the rest leaves room, and are one at least", () => {
    assert(
      property(names, rest, (all, others) => {
        const sent = fitting(all, others);
        expect(sent.length).toBeGreaterThan(0);
        expect(sent).toEqual(all.slice(0, sent.length));
        const ownLength = canonicalQuery({ ResourceARN: sent }).length;
        const fills = canonicalQuery({ ResourceARN: sent, ...others }).length <= 7_800 || ownLength <= 2_000;
        expect(sent.length === 1 || fills).toBe(true);
      }),
    );
  });
});

describe("the parts of a listing", () => {
  test("hold every name once, in order, whatever pages each of them has", () => {
    assert(
      property(
        names,
        rest,
        array(option(constantFrom("t1", "token/1+==")), { maxLength: 20 }),
        (all, others, tokens) => {
          const asked: string[] = [];
          let part = -1;
          let token: string | undefined;
          let calls = 0;
          do {
            const at = partAt(all, others, token);
            if (at.part.start !== part) asked.push(...at.sent);
            part = at.part.start;
            token = nextPart(at.part, tokens[calls] ?? undefined);
            calls += 1;
          } while (token !== undefined && calls < 200);
          expect(asked).toEqual(all);
        },
      ),
    );
  });

  test("go on with the cloud's own token in the part that it was given for", () => {
    const all = Array.from({ length: 3 }, (_, n) => `${n}${"x".repeat(5_000)}`);
    const second = nextPart(partAt(all, {}, undefined).part, undefined);
    const there = partAt(all, {}, second);
    expect(there).toMatchObject({ sent: [all[1]] });
    expect(there.token).toBeUndefined();
    expect(partAt(all, {}, nextPart(there.part, "t1"))).toMatchObject({ sent: [all[1]], token: "t1" });
  });

  test("are of this listing", () => {
    expect(() => partAt(["a"], {}, "somebody else's")).toThrow(/belongs to another listing/);
  });
});
