import { execFile } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { GROUP, ndjson, POLICY, runMain, temporaryFolder } from "./run-main.ts";
import { spawnCommand } from "./spawn-command.ts";

const ENTRY = fileURLToPath(new URL("../../cli/tagwarden.ts", import.meta.url));

const RESOURCES = [
  { ...GROUP, tags: {} },
  { type: "huawei:iam:user", account: "d0001", region: "global", id: "u1", tags: { env: "dev" } },
  { type: "aws:s3:bucket", account: "444455556666", region: "us-east-1", id: "arn:aws:s3:::b", tags: { env: "dev" } },
];

async function files() {
  const folder = await temporaryFolder();
  const paths = {
    folder,
    policy: join(folder, "policy.yaml"),
    resources: join(folder, "resources.ndjson"),
    config: join(folder, "config.yaml"),
  };
  writeFileSync(paths.policy, POLICY);
  writeFileSync(paths.resources, ndjson(RESOURCES));
  return paths;
}

test("emulate, enforce --apply and audit work together over HTTP as processes", async () => {
  const { folder, policy, resources, config } = await files();
  const faults = join(folder, "faults.yaml");
  writeFileSync(faults, '- { match: { action: "huawei:iam:TagResourceV5" }, effect: throttle, times: 1 }\n');
  const emulate = spawnCommand([
    "emulate",
    "--from",
    resources,
    "--faults",
    faults,
    "--accounts",
    "d0002",
    "--write-config",
    config,
  ]);
  const description = JSON.parse(await emulate.firstLine()) as Record<string, Record<string, unknown>> & {
    control: string;
  };
  expect(Object.keys(description)).toEqual(["alibaba", "huawei", "aws", "control"]);
  expect(Object.keys(description["huawei"]?.["accounts"] ?? {})).toEqual(["d0001", "d0002"]);
  expect(description["alibaba"]?.["endpoint"]).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);

  const enforce = spawnCommand([
    "enforce",
    "--policy",
    policy,
    "--config",
    config,
    "--resources",
    resources,
    "--apply",
  ]);
  expect(await enforce.ended()).toBe(0);
  expect(JSON.parse(enforce.stdout())).toMatchObject({ outcomes: { tagged: 3 } });

  const audit = spawnCommand(["audit", "--policy", policy, "--config", config, "--out", join(folder, "out")]);
  expect(await audit.ended()).toBe(0);
  expect(JSON.parse(audit.stdout())).toMatchObject({ resources: 3, evaluated: { compliant: 3 } });

  const world = (await (await fetch(`${description.control}/resources`)).json()) as { id: string; tags: object }[];
  expect(world.find(({ id }) => id === "g1")?.tags).toEqual({ env: "dev", owner: "platform" });

  expect(emulate.stdout().trim().split("\n")).toHaveLength(1);
  emulate.child.kill("SIGTERM");
  expect(await emulate.ended()).toBe(0);
});

describe("emulate refuses what it can't serve", () => {
  test.each([
    ["a resource without a type", "--from", '{"id":"a"}\n', '"type" must be text'],
    ["malformed JSON", "--from", "{\n", "not valid JSON"],
    ["a fault of an unknown effect", "--faults", "- { effect: explode }\n", "effect must be one of"],
    ["faults that are no list", "--faults", "a: 1\n", "expected a list of faults"],
    ["broken YAML", "--faults", "- [\n", "input:"],
  ])("%s", async (_name, option, content, message) => {
    const input = join(await temporaryFolder(), "input");
    writeFileSync(input, content);
    const ran = await runMain(["emulate", option, input]);
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toMatch(/^tagwarden: .*input/);
    expect(ran.stderr).toContain(message);
    expect(ran.stderr.trim().split("\n")).toHaveLength(1);
  });
});

test("a reader that goes away ends a long output quietly with 0", async () => {
  const { policy, folder } = await files();
  const many = join(folder, "many.ndjson");
  writeFileSync(many, ndjson(Array.from({ length: 20_000 }, (_, index) => ({ ...GROUP, id: `g${index}` }))));
  const command = `set -o pipefail; "${process.execPath}" "${ENTRY}" evaluate --policy "${policy}" --resources "${many}" | head -1`;
  const { stdout, stderr } = await promisify(execFile)("bash", ["-c", command]);
  expect(JSON.parse(stdout)).toMatchObject({ id: "g0", compliance: "compliant" });
  expect(stderr).not.toContain("tagwarden:");
});

test.each([
  ["help", ["--help"]],
  ["one long text", ["policy", "schema"]],
  ["a table", ["evaluate", "--policy", "POLICY", "--resources", "RESOURCES", "--format", "table"]],
  ["a summary", ["enforce", "--policy", "POLICY", "--resources", "RESOURCES", "--format", "table"]],
])("a reader that has gone before anything was written ends %s quietly with 0", async (_what, argv) => {
  const { policy, resources } = await files();
  const words = argv.map((word) => word.replace("POLICY", policy).replace("RESOURCES", resources));
  const ran = spawnCommand(words);
  ran.child.stdout.destroy();
  expect(await ran.ended()).toBe(0);
  expect(ran.stderr()).not.toMatch(/EPIPE|^tagwarden:| at /m);
});

test("results come out and the exit code counts, also where nobody reads the messages", async () => {
  const { policy, resources, folder } = await files();
  const out = join(folder, "out.ndjson");
  const command = `"${process.execPath}" "${ENTRY}" evaluate --policy "${policy}" --resources "${resources}" 2>&1 >"${out}" | true; echo "\${PIPESTATUS[0]}"`;
  const { stdout } = await promisify(execFile)("bash", ["-c", command]);
  expect(stdout).toBe("1\n");
  expect(readFileSync(out, "utf8").trim().split("\n")).toHaveLength(3);
});

test("a signal ends a command that waits for its input, without a stack trace", async () => {
  const { policy } = await files();
  const evaluate = spawnCommand(["evaluate", "--policy", policy, "--resources", "-"]);
  evaluate.child.stdin.write(ndjson(Array.from({ length: 1000 }, () => GROUP)));
  const line = await evaluate.firstLine();
  evaluate.child.kill("SIGINT");
  await once(evaluate.child, "close");
  expect(evaluate.child.exitCode).toBe(130);
  expect(evaluate.stderr()).toContain("tagwarden: interrupted\n");
  expect(evaluate.stderr()).not.toContain("    at ");
  expect(JSON.parse(line)).toMatchObject({ id: "g1" });
});
