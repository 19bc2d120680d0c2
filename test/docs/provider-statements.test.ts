import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { isTitleOf, titlesIn, type Title } from "./titles.ts";
import { emulatedLimits } from "../../local/emulator/limits.ts";

/** Where the test of a statement has to be, by who honours it. */
const PLACES = {
  client: /^test\/(providers|core|cli)\//,
  emulator: /^test\/emulator\//,
  right: /^test\/(providers|deploy)\//,
} as const;
type Honours = keyof typeof PLACES;

const TITLE = /^### .*\[.*\]\((?<page>https:\/\/\S+)\)$/;
const ROW = /^\| (?<statement>.+?) \| (?<client>.+?) \| (?<emulator>.+?) \| (?<right>.+?) \|$/;
const NOBODY = "–";
const TEST = /^`(?<file>test\/\S+)`: (?<title>.+)$/;

interface Row {
  readonly statement: string;
  readonly cells: Readonly<Record<Honours, string>>;
}

/** The rows under each page's heading, by the page's address. What looks like a row and isn't one is an error. */
function tablesIn(document: string): Map<string, Row[]> {
  const [, section = ""] = readFileSync(document, "utf8").split("\n## What the pages say\n");
  const tables = new Map<string, Row[]>();
  let rows: Row[] = [];
  for (const line of section.split("\n")) {
    const page = TITLE.exec(line)?.groups?.["page"];
    if (page !== undefined) tables.set(page, (rows = []));
    if (!line.startsWith("|") || line.startsWith("| statement |") || line.startsWith("|---")) continue;
    const { statement, client, emulator, right } = ROW.exec(line)?.groups ?? {};
    if (statement === undefined || client === undefined || emulator === undefined || right === undefined)
      throw new Error(`${document} has a row that can't be read: ${line}`);
    rows.push({ statement, cells: { client, emulator, right } });
  }
  return tables;
}

const read = new Map<string, readonly Title[]>();

function titlesOf(file: string): readonly Title[] {
  const titles = read.get(file) ?? titlesIn(readFileSync(file, "utf8"));
  read.set(file, titles);
  return titles;
}

/** What is wrong with the test that a cell names, or undefined where nothing is. */
function problemOf(cell: string, honours: Honours): string | undefined {
  if (cell === NOBODY) return undefined;
  const { file, title } = TEST.exec(cell)?.groups ?? {};
  if (file === undefined || title === undefined) return `the ${honours} has no test: ${cell}`;
  if (!PLACES[honours].test(file)) return `${file} says nothing of the ${honours}`;
  if (!existsSync(file)) return `${file} doesn't exist`;
  return titlesOf(file).some((one) => isTitleOf(title, one)) ? undefined : `${file} has no "${title}"`;
}

function problemsOf({ cells }: Row): string[] {
  const honours = (["client", "emulator", "right"] as const).filter((one) => cells[one] !== NOBODY);
  if (honours.length === 0) return ["it names no test"];
  return honours.flatMap((one) => problemOf(cells[one], one) ?? []);
}

const tables = new Map(["alibaba", "huawei"].flatMap((cloud) => [...tablesIn(`docs/providers/${cloud}.md`)]));

/** Nothing is written through it, so that the emulator has no limits of it. */
const INVENTORY =
  "https://docs.otc.t-systems.com/config/api-ref/apis/resource_query/querying_all_resources_under_your_account.html";

describe("the statements of the clouds' pages", () => {
  test("are in a table for each page that the emulator's limits were written from, and for one inventory", () => {
    const written = Object.entries(emulatedLimits).filter(([type]) => !type.startsWith("aws:"));
    const pages = new Set([INVENTORY, ...written.map(([, { documentation }]) => documentation)]);
    expect([...tables.keys()].sort()).toEqual([...pages].sort());
  });

  test.each([...tables])("of %s each name their tests", (_, rows) => {
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.flatMap((row) => problemsOf(row).map((problem) => `${row.statement}: ${problem}`))).toEqual([]);
  });

  test.each([...tables])("of %s end with the right that the call needs", (_, rows) => {
    expect(rows.filter(({ cells }) => cells.right !== NOBODY).map(({ statement }) => statement)).not.toEqual([]);
  });

  test.each([
    ["a row that names no test", { client: NOBODY, emulator: NOBODY, right: NOBODY }, /names no test/],
    ["a word in place of a test", { client: "yes", emulator: NOBODY, right: NOBODY }, /the client has no test: yes/],
    [
      "a file that isn't there",
      { client: NOBODY, emulator: "`test/emulator/none.test.ts`: x", right: NOBODY },
      /doesn't exist/,
    ],
    [
      "a title that no test has",
      { client: NOBODY, emulator: "`test/emulator/huawei-iam.test.ts`: flies to the moon", right: NOBODY },
      /has no "flies to the moon"/,
    ],
    [
      "a part of a title",
      { client: NOBODY, emulator: "`test/emulator/huawei-iam.test.ts`: tags, answers with all tags", right: NOBODY },
      /has no "tags, answers with all tags"/,
    ],
    [
      "a row without the title around it",
      { client: NOBODY, emulator: "`test/emulator/huawei-iam.test.ts`: a key of 65 characters", right: NOBODY },
      /has no "a key of 65 characters"/,
    ],
    [
      "a row that its test doesn't have",
      {
        client: NOBODY,
        emulator: "`test/emulator/huawei-iam.test.ts`: refuses a key of 66 characters and changes nothing",
        right: NOBODY,
      },
      /has no "refuses a key of 66/,
    ],
    [
      "a test of another one",
      { client: "`test/emulator/huawei-iam.test.ts`: tags", emulator: NOBODY, right: NOBODY },
      /says nothing of the client/,
    ],
  ])("are refused with %s", (_, cells, problem) => {
    expect(problemsOf({ statement: "s", cells })).toEqual([expect.stringMatching(problem)]);
  });
});
