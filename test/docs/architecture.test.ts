import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";

const PAGE = "docs/architecture.md";
const page = readFileSync(PAGE, "utf8");

const ROOTS = ["lib", "functions", "cli", "local", "sim"];

/** What the page writes as code. */
const named = (text: string): string[] => [...text.matchAll(/`([^`\n]+)`/g)].map(([, name = ""]) => name);

const isPath = (name: string): boolean => /^[\w./-]+$/.test(name) && ROOTS.some((root) => name.startsWith(`${root}/`));

it("names only files and folders that exist", () => {
  const gone = named(page).filter((name) => isPath(name) && !existsSync(name) && !existsSync(`${name}.ts`));
  expect(gone, `${PAGE}: name what has taken their place, or leave them out`).toEqual([]);
});

interface Way {
  readonly title: string;
  readonly files: readonly string[];
}

/** Numbered lists, each with the text that goes before it. */
function ways(): Way[] {
  const found: { title: string; files: string[] }[] = [];
  let text = "";
  for (const line of page.split("\n")) {
    const [, number, file = ""] = /^(\d+)\. `([^`]+)`/.exec(line) ?? [];
    if (number === "1") found.push({ title: text, files: [] });
    if (number !== undefined) found.at(-1)?.files.push(file);
    else if (line !== "") text = line;
  }
  return found;
}

const known = new Map<string, string[]>();

/** What a file imports of ours as more than types, at once or when it needs it. */
function importsOf(file: string): string[] {
  const imports = known.get(file) ?? readImports(file);
  known.set(file, imports);
  return imports;
}

/** Of a file that is gone, nothing: that it is named says the test above. */
function readImports(file: string): string[] {
  if (!existsSync(file)) return [];
  const text = readFileSync(file, "utf8");
  const statements = text.matchAll(/^(?:import|export)\s+(?!type\b)[^;"]*?from\s+"(\.[^"]+)"/gm);
  const lazy = text.matchAll(/\bimport\("(\.[^"]+)"\)/g);
  return [...statements, ...lazy].map(([, path = ""]) => join(dirname(file), path));
}

/** So many files may lie between two of a way. */
const MOST_BETWEEN = 2;

describe.each(ways())("the way under “$title”", ({ files }) => {
  it("goes from each file to one that it imports, directly or by way of two more", () => {
    const lost = files.slice(1).filter((file, index) => {
      const reached = new Set(files.slice(0, index + 1));
      for (let step = 0; step <= MOST_BETWEEN; step++)
        for (const imported of [...reached].flatMap(importsOf)) reached.add(imported);
      return !reached.has(file);
    });
    expect(lost, `${PAGE}: no file above them in their list reaches them: correct the list, or its order`).toEqual([]);
  });

  it("passes each file once", () => {
    expect(files).toEqual([...new Set(files)]);
  });
});

/** What a person can read in an hour. */
const FILES_OF_ONE_EVENT = 35;

it("of one event has a length that a person can read", () => {
  const event = ways().find(({ files }) => files[0] === "functions/enforce.ts");
  expect(event?.files.length).toBeLessThanOrEqual(FILES_OF_ONE_EVENT);
  expect(event?.files.length).toBeGreaterThan(20);
});

interface Rules {
  readonly forbidden: readonly { readonly name: string; readonly comment?: string }[];
}

const { forbidden } = createRequire(import.meta.url)("../../.dependency-cruiser.cjs") as Rules;
const ALLOWS = /^(\S+) may import only (.+)$/;

/** Room → what it may import beside itself, as the rules have it. */
function allowed(): Record<string, string[]> {
  return Object.fromEntries(
    forbidden.flatMap(({ comment = "" }) => {
      const [, room, list = ""] = ALLOWS.exec(comment) ?? [];
      if (room === undefined) return [];
      const names = list.split(", ").filter((name) => name !== "itself");
      return [[room, names.flatMap(alternatives).toSorted()] as const];
    }),
  );
}

/** `cli/(io|command)` = `cli/io` and `cli/command`. */
function alternatives(name: string): string[] {
  const [, before = "", list, after = ""] = /^(.*)\((.+)\)(.*)$/.exec(name) ?? [];
  return list === undefined ? [name] : list.split("|").map((one) => `${before}${one}${after}`);
}

/** The same, as the page's tables have it. */
function allowedOnPage(): Record<string, string[]> {
  const rooms: Record<string, string[]> = {};
  let house = "";
  let always: string[] = [];
  for (const line of page.split("\n")) {
    const cells = line.split("|").slice(1, -1);
    const [first = "", , last = ""] = cells;
    if (last.trim().startsWith("may import")) {
      house = named(first)[0] ?? "";
      always = named(last);
    } else if (line === "") house = "none";
    else if (house !== "none" && cells.length === 3 && !first.startsWith("---")) {
      const inHouse = (name: string) =>
        house === "" || ROOTS.some((root) => name.startsWith(`${root}/`)) ? name : `${house}/${name}`;
      for (const room of named(first)) rooms[inHouse(room)] = [...named(last).map(inHouse), ...always].toSorted();
    }
  }
  return rooms;
}

describe("the tables of rooms", () => {
  it("say what .dependency-cruiser.cjs says", () => {
    expect(allowedOnPage(), `${PAGE}: correct its tables of rooms, or the rules`).toEqual(allowed());
  });

  it("have all rooms of the houses that are divided into rooms", () => {
    const rooms = Object.keys(allowed());
    const houses = ["lib/app", "lib/core", "lib/events", "lib/sinks", "cli"];
    const folders = houses.flatMap((house) =>
      readdirSync(house, { withFileTypes: true }).flatMap((one) => (one.isDirectory() ? [`${house}/${one.name}`] : [])),
    );
    expect(folders.filter((folder) => !rooms.includes(folder))).toEqual([]);
  });

  it("are followed by the name of each rule that is in no table", () => {
    const others = forbidden.filter(({ comment = "" }) => !ALLOWS.test(comment)).map(({ name }) => name);
    expect(
      others.filter((name) => !named(page).includes(name)),
      `${PAGE}: say what these rules are for`,
    ).toEqual([]);
  });
});

/** Folders of tests, by the folder whose rooms they mirror; tests of all clouds stand beside those of the rooms. */
const HOUSES = ["app", "core", "events", "lambda", "providers", "sinks"] as const;
const OF_NO_ROOM: ReadonlySet<string> = new Set(["test/cli/clouds", "test/cli/snapshots"]);

it("tests stand in folders that are called as the rooms", () => {
  const mirrored = [
    ...HOUSES.map((house) => [`test/${house}`, `lib/${house}`]),
    ["test/cli", "cli"],
    ["test/local", "local"],
  ];
  const lost = mirrored.flatMap(([tests = "", house = ""]) =>
    readdirSync(tests, { withFileTypes: true, recursive: true })
      .filter((one) => one.isDirectory())
      .map(({ parentPath, name }) => join(parentPath, name))
      .filter((folder) => !OF_NO_ROOM.has(folder) && !existsSync(folder.replace(tests, house))),
  );
  expect(lost, "move these tests to where what they test is now").toEqual([]);
});
