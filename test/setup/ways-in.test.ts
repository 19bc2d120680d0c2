import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";

const run = promisify(execFile);

/** What a clone doesn't have, and what several runs may share. */
const NOT_CLONED = new Set(["node_modules", ".git", ".tagwarden", ".serverless", "dist", "coverage", "reports"]);

/** Nothing of this test's npm, and no key, profile or account of this machine. */
const ENV = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm_|AWS_|TAGWARDEN_)/.test(name))),
  PATH: `${dirname(process.execPath)}${delimiter}${process.env["PATH"]}`,
  npm_config_prefer_offline: "true",
  AWS_REGION: "us-east-1",
  AWS_EC2_METADATA_DISABLED: "true",
  AWS_CONFIG_FILE: "/dev/null",
  AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
};

/** The commands of README.md in the block that has this one in it; a line that goes on is one command. */
function commandsWith(text: string): readonly string[] {
  const blocks = [...readFileSync("README.md", "utf8").matchAll(/```sh\n(?<block>[^`]+)```/g)];
  const block = blocks.map(({ groups }) => groups?.["block"] ?? "").find((one) => one.includes(text)) ?? "";
  return block
    .replaceAll(/\\\n\s*/g, "")
    .trim()
    .split("\n");
}

let folder: string;
let place: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tagwarden-ways-"));
  place = folder;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Typed {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Types a line into a shell that stands where the one before has left it. */
async function type(line: string): Promise<Typed> {
  const where = join(folder, "where");
  const script = `${line}\ncode=$?\npwd > '${where}'\nexit $code`;
  let typed: Typed;
  try {
    typed = { code: 0, ...(await run("bash", ["-c", script], { cwd: place, env: ENV, maxBuffer: 1e8 })) };
  } catch (error) {
    const { code = -1, stdout = "", stderr = "" } = error as Partial<Typed>;
    typed = { code, stdout, stderr };
  }
  place = readFileSync(where, "utf8").trim();
  return typed;
}

/** Stands in for the clouds, and writes the configuration that points there. */
async function emulate(config: string): Promise<void> {
  const from = resolve("examples/resources.ndjson");
  const emulator = spawn(
    process.execPath,
    ["cli/tagwarden.ts", "emulate", "--from", from, "--write-config", join(place, config)],
    { env: ENV, stdio: ["ignore", "pipe", "inherit"] },
  );
  onTestFinished(() => void emulator.kill());
  await once(emulator.stdout, "data");
}

/** `git clone`, without what it takes: the files of this checkout, with its packages. */
function clone(): void {
  const to = join(folder, "tagwarden");
  for (const name of readdirSync(".").filter((one) => !NOT_CLONED.has(one))) {
    cpSync(name, join(to, name), { recursive: true });
  }
  symlinkSync(resolve("node_modules"), join(to, "node_modules"));
  mkdirSync(resolve(".tagwarden", "packages"), { recursive: true });
  mkdirSync(join(to, ".tagwarden"));
  symlinkSync(resolve(".tagwarden", "packages"), join(to, ".tagwarden", "packages"));
  place = to;
}

describe("README's ways in, word for word", () => {
  test("to look: the embedded cloud, and then a recording", { timeout: 600_000 }, async () => {
    const [first = "", ...others] = commandsWith("npm start");
    expect(first).toBe("git clone <this repository> tagwarden && cd tagwarden");
    clone();
    expect(others).toHaveLength(2);
    const started = await type(others[0] ?? "");
    expect({ code: started.code, stdout: started.stdout, stderr: started.stderr }).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('"resources":1200'),
    });
    const played = await type(others[1] ?? "");
    expect(played).toMatchObject({ code: 0, stdout: expect.stringContaining('"resources":3') });
    expect(existsSync(join(place, ".tagwarden", "local", "report.html"))).toBe(true);
  });

  test("AWS, read-only: from the package in an empty folder to a report", async () => {
    const commands = commandsWith("--provider aws --yes");
    const [doctor = "", audit = ""] = commands.slice(-2);
    for (const command of commands.slice(0, -2)) {
      const { code, stderr } = await type(command);
      expect({ command, code, stderr }).toMatchObject({ code: 0 });
    }
    expect(readdirSync(place)).toEqual(expect.arrayContaining(["node_modules", "policy.yaml", "config.yaml"]));
    for (const file of ["policy.yaml", "config.yaml"]) {
      expect(readFileSync(join(place, file), "utf8")).toContain("mode: report");
    }
    await emulate("config.yaml");
    expect(await type(doctor)).toMatchObject({ code: 0, stdout: expect.stringContaining('"check":"read"') });
    // 1 says that something is to be found in it.
    expect(await type(audit)).toMatchObject({ code: 1, stdout: expect.stringContaining('"evaluated"') });
    expect(readFileSync(join(place, "audit", "report.html"), "utf8")).toContain("Tag compliance");
  });

  test("three clouds: init, doctor, audit, and what would be written", async () => {
    const [init = "", doctor = "", audit = "", enforce = "", ...others] = commandsWith("alibaba huawei");
    expect(others).toEqual([]);
    expect(await type(init)).toMatchObject({ code: 0, stdout: expect.stringContaining("huawei d0001 in cn-north-4") });
    expect((await type(`npx tagwarden config check --config clouds/config.yaml`)).code).toBe(0);
    await emulate("clouds/config.yaml");
    expect((await type(doctor)).code).toBe(0);
    expect((await type(audit)).code).toBe(1);
    expect(await type(enforce)).toMatchObject({ code: 0 });
  });
});
