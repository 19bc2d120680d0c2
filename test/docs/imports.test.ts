import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";

interface Rules {
  readonly forbidden: readonly { readonly name: string }[];
}

const { forbidden } = createRequire(import.meta.url)("../../.dependency-cruiser.cjs") as Rules;

/**
 * For each rule a room whose planted file imports what it must not: a file (which is planted as well, and empty), or a
 * package.
 */
const PLANTED: Readonly<Record<string, readonly [from: string, imported: string]>> = {
  "not-to-unresolvable": ["lib/core/plan", "nowhere-to-be-found"],
  "product-without-dev-dependencies": ["lib/lambda", "vitest"],
  "product-without-local-tools": ["lib/lambda", "fauxqs"],
  "core-and-events-are-pure": ["lib/core", "node:fs"],
  "core-imports-core": ["lib/core", "lib/app/cloud/target.ts"],
  "events-import-core": ["lib/events", "lib/app/cloud/target.ts"],
  "app-imports-core": ["lib/app/cloud", "lib/providers/target.ts"],
  "providers-import-ports": ["lib/providers", "lib/app/cloud/target.ts"],
  "sinks-import-ports": ["lib/sinks/objects", "lib/app/cloud/target.ts"],
  "lambda-imports-inward": ["lib/lambda", "local/run/target.ts"],
  "functions-are-wiring": ["functions", "lib/core/target.ts"],
  "cli-imports-lib-and-local": ["cli/output", "functions/target.ts"],
  "local-imports-lib": ["local/run", "cli/output/target.ts"],
  "simulation-imports-lib-and-local": ["sim", "cli/output/target.ts"],
  "app-ports": ["lib/app/ports", "lib/app/cloud/target.ts"],
  "app-cloud": ["lib/app/cloud", "lib/app/write/target.ts"],
  "app-write": ["lib/app/write", "lib/app/enforce/target.ts"],
  "app-enforce": ["lib/app/enforce", "lib/app/audit/target.ts"],
  "app-change": ["lib/app/change", "lib/app/enforce/target.ts"],
  "app-audit": ["lib/app/audit", "lib/app/enforce/target.ts"],
  "app-report": ["lib/app/report", "lib/app/alert/target.ts"],
  "app-alert": ["lib/app/alert", "lib/app/enforce/target.ts"],
  "app-folder-audit": ["lib/app/folder-audit", "lib/app/enforce/target.ts"],
  "app-ingest": ["lib/app/ingest", "lib/app/cloud/target.ts"],
  "app-doctor": ["lib/app", "lib/app/cloud/target.ts"],
  "core-values": ["lib/core", "lib/core/isolate/target.ts"],
  "core-yaml": ["lib/core/yaml", "lib/core/isolate/target.ts"],
  "core-slips": ["lib/core/slips", "lib/core/policy/target.ts"],
  "core-plan": ["lib/core/plan", "lib/core/isolate/target.ts"],
  "core-isolate": ["lib/core/isolate", "lib/core/plan/target.ts"],
  "core-policy": ["lib/core/policy", "lib/core/isolate/target.ts"],
  "core-config": ["lib/core/config", "lib/core/policy/target.ts"],
  "core-report": ["lib/core/report", "lib/core/alert/target.ts"],
  "core-alert": ["lib/core/alert", "lib/core/config/target.ts"],
  "evaluation-without-loader": ["lib/core/policy", "lib/core/policy/load/target.ts"],
  "core-policy-pattern": ["lib/core/policy/pattern", "lib/core/policy/target.ts"],
  "report-without-page": ["lib/core/report", "lib/core/report/html/target.ts"],
  "functions-load-no-policies": ["lib/lambda/settings", "lib/core/policy/load/target.ts"],
  "events-aws": ["lib/events/aws", "lib/events/huawei/target.ts"],
  "events-alibaba": ["lib/events/alibaba", "lib/events/huawei/target.ts"],
  "events-huawei": ["lib/events/huawei", "lib/events/aws/target.ts"],
  "events-own": ["lib/events/own", "lib/events/aws/target.ts"],
  "events-json": ["lib/events/json", "lib/events/target.ts"],
  "sinks-dynamo": ["lib/sinks/dynamo", "lib/sinks/objects/target.ts"],
  "sinks-sqs": ["lib/sinks/sqs", "lib/sinks/objects/target.ts"],
  "sinks-objects": ["lib/sinks/objects", "lib/sinks/sqs/target.ts"],
  "sinks-chat": ["lib/sinks/chat", "lib/sinks/sqs/target.ts"],
  "lambda-composes-last": ["lib/lambda/sqs", "lib/lambda/compose/target.ts"],
  "cli-commands-by-main": ["cli/commands", "cli/commands/target.ts"],
  "cli-commands": ["cli/commands", "cli/target.ts"],
  "cli-work": ["cli/work", "cli/target.ts"],
  "cli-input": ["cli/input", "cli/output/target.ts"],
  "cli-output": ["cli/output", "cli/input/target.ts"],
  "cli-io-is-the-ground": ["cli/io.ts", "cli/output/target.ts"],
  "local-emulator": ["local/emulator", "local/run/target.ts"],
};

/** A folder's planted file, unless the file itself is named. */
const plantedFor = (rule: string, from: string): string => (from.endsWith(".ts") ? from : `${from}/${rule}.ts`);

const inFolder = (path: string): boolean => path.includes("/") && path.endsWith(".ts");

/** Rule and file of each refusal, from one run over a folder that holds nothing but what is planted there. */
function refusals(): ReadonlySet<string> {
  const root = mkdtempSync(join(tmpdir(), "tagwarden-imports-"));
  for (const file of [".dependency-cruiser.cjs", "tsconfig.json", "package.json"]) copyFileSync(file, join(root, file));
  symlinkSync(resolve("node_modules"), join(root, "node_modules"));
  const plant = (path: string, text: string): void => {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  for (const [rule, [from, imported]] of Object.entries(PLANTED)) {
    const file = plantedFor(rule, from);
    const path = inFolder(imported) ? relative(dirname(file), imported).replace(/^(?!\.)/, "./") : imported;
    plant(file, `import ${JSON.stringify(path)};\n`);
    if (inFolder(imported)) plant(imported, "export const nothing = undefined;\n");
  }
  plant("lib/core/plan/orphan.ts", "export const alone = undefined;\n");
  plant("lib/core/plan/there.ts", 'import "./back.ts";\n');
  plant("lib/core/plan/back.ts", 'import "./there.ts";\n');
  const { stdout, stderr } = spawnSync(
    resolve("node_modules/.bin/depcruise"),
    ["--no-progress", "--output-type", "json", "functions", "lib", "cli", "local", "sim"],
    { cwd: root, encoding: "utf8", maxBuffer: 1 << 26 },
  );
  if (stdout === "") throw new Error(stderr);
  interface Found {
    readonly summary: { readonly violations: readonly { readonly from: string; readonly rule: { name: string } }[] };
  }
  const { violations } = (JSON.parse(stdout) as Found).summary;
  return new Set(violations.map(({ rule, from }) => `${rule.name}: ${from}`));
}

describe("a wrong import", () => {
  let refused: ReadonlySet<string>;
  beforeAll(() => {
    refused = refusals();
  });

  it.each(Object.entries(PLANTED))("is refused by %s", (rule, [from]) => {
    expect(existsSync(from), `${from} is no longer there: name a room in PLANTED that is`).toBe(true);
    expect([...refused]).toContain(`${rule}: ${plantedFor(rule, from)}`);
  });

  it("of one another is refused", () => {
    expect([...refused].some((one) => one.startsWith("no-circular: lib/core/plan/"))).toBe(true);
  });

  it("is refused even where there is none: a file that nobody imports", () => {
    expect([...refused]).toContain("no-orphans: lib/core/plan/orphan.ts");
  });

  it("is planted for each rule that there is", () => {
    const rules = forbidden.map(({ name }) => name);
    const planted = [...Object.keys(PLANTED), "no-circular", "no-orphans"];
    expect(planted.toSorted(), "plant a wrong import in PLANTED for each rule").toEqual(rules.toSorted());
  });
});

/** More than this, and nobody sees any more what a folder holds. */
const ROOM_FOR = 30;

it.each(["lib", "cli"])("no folder of %s holds thirty files", (house) => {
  const folders = readdirSync(house, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath }) => parentPath);
  const full = [...Map.groupBy(folders, (folder) => folder)].filter(([, files]) => files.length >= ROOM_FOR);
  expect(full.map(([folder]) => folder)).toEqual([]);
});
