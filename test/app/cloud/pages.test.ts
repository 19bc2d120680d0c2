import { expect, test } from "vitest";
import { pages } from "../../../lib/app/cloud/pages.ts";
import { ProviderError } from "../../../lib/core/errors.ts";
import { array, assert, asyncProperty, nat } from "../../properties.ts";

interface NumberPage {
  readonly rows: readonly number[];
  readonly nextToken?: string;
}

/** A listing whose nth page has token `n`. */
function listing(all: readonly (readonly number[])[]) {
  const asked: (string | undefined)[] = [];
  const fetchPage = async (token: string | undefined): Promise<NumberPage> => {
    asked.push(token);
    const at = token === undefined ? 0 : Number(token);
    const rows = all[at] ?? [];
    return at + 1 < all.length ? { rows, nextToken: String(at + 1) } : { rows };
  };
  return { asked, fetchPage };
}

async function rowsOf(fetchPage: (token: string | undefined) => Promise<NumberPage>): Promise<number[]> {
  const rows: number[] = [];
  for await (const page of pages(fetchPage)) rows.push(...page.rows);
  return rows;
}

test("every row of every page comes once and in order, empty pages or not", async () => {
  await assert(
    asyncProperty(array(array(nat(), { maxLength: 3 }), { minLength: 1, maxLength: 20 }), async (all) => {
      const { asked, fetchPage } = listing(all);
      expect(await rowsOf(fetchPage)).toEqual(all.flat());
      expect(asked.length).toBe(all.length);
    }),
  );
});

test("an empty page in the middle doesn't end the listing", async () => {
  expect(await rowsOf(listing([[1], [], [2]]).fetchPage)).toEqual([1, 2]);
});

test("a token that comes twice in a row is an error", async () => {
  const stuck = async (): Promise<NumberPage> => ({ rows: [1], nextToken: "same" });
  await expect(rowsOf(stuck)).rejects.toMatchObject({ code: "RepeatedToken", kind: "request" });
});

test("a token that comes back later is an error", async () => {
  const round = async (token: string | undefined): Promise<NumberPage> => ({
    rows: [],
    nextToken: token === "a" ? "b" : token === "b" ? "c" : "a",
  });
  await expect(rowsOf(round)).rejects.toBeInstanceOf(ProviderError);
});

test("no page is fetched before the one before it was taken", async () => {
  const { asked, fetchPage } = listing([[1], [2], [3]]);
  const listed = pages(fetchPage);
  await listed.next();
  expect(asked).toEqual([undefined]);
  await listed.next();
  expect(asked).toEqual([undefined, "1"]);
});

test("a circle that begins after many pages is an error too", async () => {
  const late = async (token: string | undefined): Promise<NumberPage> => {
    const at = Number(token ?? 0);
    return { rows: [at], nextToken: String(at < 2_000 ? at + 1 : 1_990) };
  };
  await expect(rowsOf(late)).rejects.toMatchObject({ code: "RepeatedToken" });
});

const contentOf = ({ rows }: NumberPage) => rows.join();

test.each([
  ["empty pages", (): number[] => []],
  ["the same page", () => [1, 2]],
])("%s without end, each with a new token, are an error after a thousand", async (_, rowsAt) => {
  let calls = 0;
  const endless = async (): Promise<NumberPage> => ({ rows: rowsAt(), nextToken: String((calls += 1)) });
  const read = async () => {
    for await (const page of pages(endless, contentOf)) expect(page.rows).toEqual(rowsAt());
  };
  await expect(read()).rejects.toMatchObject({ code: "IdleListing", kind: "request" });
  expect(calls).toBeLessThanOrEqual(1_001);
});

test("nine hundred empty pages in a row end no listing, again and again", async () => {
  const nothing = Array.from({ length: 900 }, (): number[] => []);
  const { fetchPage } = listing([[1], ...nothing, [2], ...nothing, [3]]);
  const rows: number[] = [];
  for await (const page of pages(fetchPage, contentOf)) rows.push(...page.rows);
  expect(rows).toEqual([1, 2, 3]);
});
