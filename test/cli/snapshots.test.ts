import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { beforeEach, describe, expect, test } from "vitest";
import { harmlessIo } from "../../cli/io.ts";
import { buildProgram } from "../../cli/main.ts";
import { widthOf } from "../../cli/output/text-cell.ts";
import { GROUP, placeArguments, useClouds } from "./clouds/clouds.ts";
import { memoryIo, ndjson } from "./run-main.ts";
import { linesOf, onScreen, type Screen } from "./screen.ts";

/** What a command shows, as somebody would see it: these files are there to be looked at. */
const clouds = useClouds();

function pathsOf(command: Command, above: readonly string[] = []): (readonly string[])[] {
  return [above, ...command.commands.flatMap((one) => pathsOf(one, [...above, one.name()]))];
}

const PATHS = pathsOf(await buildProgram({ io: harmlessIo(memoryIo().io), exit: () => undefined }));

/** Folders, runs and times are others each time. */
function steady(text: string): string {
  return text
    .replaceAll(clouds.folder, "DIR")
    .replaceAll(/\d{4}-\d\d-\d\d\.\d{6}-[0-9a-f]{8}/g, "RUN")
    .replaceAll(/, in \d+ s\./g, ", in 1 s.")
    .replaceAll(/differs by -?\d+ s/g, "differs by 0 s")
    .replaceAll(/request [0-9A-F-]{36}/g, "request ID")
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d[:-]\d\d[:-]\d\d[.-]\d{3}Z/g, "TIME")
    .replaceAll(/tw_[0-9a-f]{32}/g, "tw_ID");
}

interface Shown {
  readonly argv: readonly string[];
  readonly screen: Screen;
}

async function show(columns: number, line: string, options: Parameters<typeof onScreen>[2] = {}): Promise<Shown> {
  const argv = line.split(" ").map((word) => word.replace("DIR", clouds.folder));
  return { argv, screen: await onScreen(argv, columns, options) };
}

function page(all: readonly Shown[]): string {
  const blocks = all.map(({ argv, screen }) => {
    const code = screen.code === 0 ? "" : `(exit ${screen.code})\n`;
    return `$ tagwarden ${argv.join(" ")}\n${screen.text}${code}`;
  });
  return steady(blocks.join("\n"));
}

const POLICY = "--policy DIR/policy.yaml";
const CONFIG = "--config DIR/config.yaml";
const RESOURCES = "--resources DIR/resources.ndjson";
const PLACE = placeArguments(GROUP).join(" ");

describe.each([40, 80])("help at %i columns", (columns) => {
  test("of every command", async () => {
    const all: Shown[] = [];
    for (const path of PATHS) all.push(await show(columns, [...path, "--help"].join(" ")));
    const lines = all.flatMap(({ screen }) => linesOf(screen));
    expect(lines.filter((line) => line.length > columns && !/^Usage:|https?:/.test(line))).toEqual([]);
    await expect(page(all)).toMatchFileSnapshot(`snapshots/help-${columns}.txt`);
  });
});

describe.each([80, 120])("tables at %i columns", (columns) => {
  test("of every command that prints one", async () => {
    const all: Shown[] = [];
    const look = async (line: string): Promise<Shown> => {
      const shown = await show(columns, line);
      all.push(shown);
      return shown;
    };
    const enforce = `enforce ${POLICY} ${CONFIG} ${RESOURCES} --journal DIR/journal`;
    await look(`evaluate ${POLICY} ${RESOURCES}`);
    await look(`plan ${POLICY} ${RESOURCES}`);
    await look(`enforce ${POLICY} ${RESOURCES}`);
    await look(`audit ${POLICY} ${CONFIG} --out DIR/out --plan`);
    await look(`audit ${POLICY} ${CONFIG} --out DIR/out`);
    await look(`alerts preview --run DIR/out`);
    await look(enforce);
    await look(`${enforce} --rows`);
    const { screen } = await look(`${enforce} --apply`);
    const [, run = ""] = /^run (\S+) wrote/m.exec(screen.text) ?? [];
    await look(`tags list ${CONFIG} ${PLACE} --id g1 g2`);
    await look(`tags set ${CONFIG} --journal DIR/journal ${PLACE} --id g1 g2 --tag env=dev team=ops`);
    await look(`tags unset ${CONFIG} --journal DIR/journal ${PLACE} --id g1 g2 --tag env --rows`);
    await look(`undo --run ${run} --journal DIR/journal ${CONFIG}`);
    await look(`undo --run ${run} --journal DIR/journal ${CONFIG} --apply`);
    await look(`doctor ${CONFIG}`);
    await look(`doctor ${CONFIG} --provider huawei --rows`);
    await look(`permissions --provider huawei`);
    await look("events examples/events/cloudtrail.json");
    await look("events examples/events/actiontrail.json");
    await look(
      `init --yes --out DIR/new-${columns} --provider huawei --account huawei:d0001 --region huawei:cn-north-4 --project cn-north-4=p0001`,
    );
    await look("policy compile --policy DIR/policy.yaml --out DIR/policies.json");
    await look("config compile --config DIR/config.yaml --out DIR/compiled.json");
    await look("report --run DIR/out --format md --out DIR/report.md");
    const tables = all.flatMap(({ argv, screen }) =>
      argv[0] === "alerts" ? [] : linesOf(screen).filter((text) => !/tagwarden |DIR|\//.test(text)),
    );
    expect(tables.filter((text) => widthOf(text) > columns && text.includes("   "))).toEqual([]);
    await expect(page(all)).toMatchFileSnapshot(`snapshots/tables-${columns}.txt`);
  });
});

test("an error of each kind", async () => {
  writeFileSync(
    join(clouds.folder, "broken.yaml"),
    "version: 1\nrequiredTags: { env: { values: prod } }\npolicies: [\n",
  );
  writeFileSync(join(clouds.folder, "odd.yaml"), "version: 2\npolicies: 3\n");
  writeFileSync(join(clouds.folder, "bad.ndjson"), '{"id":"a"}\n');
  const wrong = JSON.stringify(clouds.emulator.config()).replaceAll(
    /"(accessKeySecret|secretAccessKey)":"[^"]+"/g,
    '"$1":"wrong"',
  );
  writeFileSync(join(clouds.folder, "wrong.yaml"), wrong);
  const all: Shown[] = [];
  for (const line of [
    "evalute",
    "tags lst",
    "evaluate",
    "evaluate --policy",
    "evaluate --bogus",
    `evaluate ${POLICY} ${RESOURCES} --format xml`,
    `evaluate ${POLICY} ${RESOURCES} --at tomorrow`,
    `evaluate ${POLICY} --resources DIR/gone.ndjson`,
    `evaluate ${POLICY} --resources DIR/bad.ndjson`,
    "policy check --policy DIR/broken.yaml",
    "policy check --policy DIR/odd.yaml",
    "config check --config DIR/odd.yaml",
    `enforce ${POLICY} ${RESOURCES} --apply`,
    `enforce ${POLICY} ${CONFIG} ${RESOURCES} --journal DIR/policy.yaml --apply`,
    `audit ${POLICY} ${CONFIG} --out DIR/policy.yaml`,
    `audit ${POLICY} ${CONFIG} --out DIR/none --resume`,
    "report --run DIR/none",
    `undo --run 2026-01-01.0 --journal DIR/journal ${CONFIG}`,
    `undo --run ../etc --journal DIR/journal ${CONFIG}`,
    `tags list ${CONFIG} --type nobody:knows:it --account 1 --region r`,
    `tags set ${CONFIG} ${PLACE} --id g1 --tag aliyun=x`,
    `tags list --config DIR/wrong.yaml ${PLACE} --id g1 --max-seconds 1`,
    "local --resources many",
    "completion tcsh",
    "permissions --provider azure",
    "stack DIR/policy.yaml",
    "events DIR/policy.yaml",
    "emulate --quota half",
    "dlq list --limit many",
  ]) {
    all.push(await show(100, line));
  }
  expect(all.filter(({ screen }) => screen.code === 0 || screen.text === "")).toEqual([]);
  expect(all.flatMap(({ screen }) => linesOf(screen).filter((line) => /^ +at /.test(line)))).toEqual([]);
  await expect(page(all)).toMatchFileSnapshot("snapshots/errors.txt");
});

describe("nothing to tell", () => {
  beforeEach(() => {
    for (const resource of Array.from(clouds.emulator.world.all())) clouds.emulator.world.remove(resource);
    writeFileSync(join(clouds.folder, "none.ndjson"), "");
  });

  test("of every command that may find nothing", async () => {
    clouds.emulator.world.create({ ...GROUP, id: "good", tags: { env: "prod", owner: "web" } });
    writeFileSync(join(clouds.folder, "good.ndjson"), ndjson([{ ...GROUP, id: "good" }]));
    const all: Shown[] = [];
    for (const line of [
      `evaluate ${POLICY} --resources DIR/none.ndjson`,
      `plan ${POLICY} --resources DIR/none.ndjson`,
      `enforce ${POLICY} --resources DIR/none.ndjson`,
      `enforce ${POLICY} ${CONFIG} --journal DIR/journal --resources DIR/none.ndjson`,
      `enforce ${POLICY} ${CONFIG} --journal DIR/journal --resources DIR/good.ndjson`,
      `enforce ${POLICY} ${CONFIG} --journal DIR/journal --resources DIR/good.ndjson --apply`,
      `audit ${POLICY} ${CONFIG} --out DIR/out`,
      "alerts preview --run DIR/out",
      "report --run DIR/out --format csv",
      `tags list ${CONFIG} ${PLACE} --tag nobody=has-it`,
      `tags list ${CONFIG} ${PLACE} --id nobody`,
      `tags set ${CONFIG} --journal DIR/journal ${PLACE} --id good --tag env=prod`,
      `tags unset ${CONFIG} --journal DIR/journal ${PLACE} --id good --tag none --apply`,
      "policy check --policy DIR/policy.yaml",
      "config check --config DIR/config.yaml",
      "events DIR/none.ndjson",
    ]) {
      all.push(await show(80, line));
    }
    await expect(page(all)).toMatchFileSnapshot("snapshots/empty.txt");
  });
});
