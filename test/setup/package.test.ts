import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { GROUP, ndjson, runMain } from "../cli/run-main.ts";

const run = promisify(execFile);

/**
 * Node 24 first: the machine's own may be another, and the package brings none. Without what npm tells those that it runs,
 * such as a test: it would install into their folder.
 */
const ENV = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("npm_"))),
  PATH: `${dirname(process.execPath)}${delimiter}${process.env["PATH"]}`,
};

/** Where the package is installed, and nothing else was. */
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "tagwarden-installed-"));
  const packed = await run(process.execPath, ["setup/package.ts", join(folder, "packed")]);
  mkdirSync(inside());
  // By name, because npm takes a folder above for the one that is meant, where that has packages and this one has none.
  const install = ["install", "--prefix", inside(), "--prefer-offline", "--no-audit", "--no-fund"];
  await run("npm", [...install, packed.stdout.trim()], { cwd: inside(), env: ENV });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const inside = (...path: readonly string[]): string => join(folder, "empty", ...path);
const own = (...path: readonly string[]): string => inside("node_modules", "tagwarden", ...path);

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the installed command in the folder where it is installed. */
async function tagwarden(...argv: readonly string[]): Promise<Ended> {
  try {
    const { stdout, stderr } = await run(inside("node_modules", ".bin", "tagwarden"), argv, {
      cwd: inside(),
      env: ENV,
    });
    return { code: 0, stdout, stderr };
  } catch (error) {
    const { code = 1, stdout = "", stderr = "" } = error as Partial<Ended>;
    return { code, stdout, stderr };
  }
}

function filesIn(path: string): readonly string[] {
  return readdirSync(path, { withFileTypes: true, recursive: true }).flatMap((entry) =>
    entry.isDirectory() ? [] : [join(entry.parentPath, entry.name)],
  );
}

describe("the package", () => {
  test("takes at most 60 MB of the disk, with all that npm installs beside it", () => {
    const bytes = filesIn(inside("node_modules")).reduce((sum, file) => sum + lstatSync(file).blocks * 512, 0);
    expect(bytes).toBeLessThan(60 * 1024 * 1024);
  });

  test("has a manifest of its own: versions of the lockfile, nothing of development, and Node 24", () => {
    const manifest = JSON.parse(readFileSync(own("package.json"), "utf8")) as {
      readonly dependencies: Readonly<Record<string, string>>;
    };
    const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8")) as {
      readonly packages: Readonly<Record<string, { readonly version: string }>>;
    };
    expect(manifest).toMatchObject({
      name: "tagwarden",
      license: "Apache-2.0",
      type: "module",
      engines: { node: ">=24" },
    });
    for (const field of ["private", "scripts", "devDependencies", "optionalDependencies"])
      expect(manifest).not.toHaveProperty(field);
    for (const [name, version] of Object.entries(manifest.dependencies))
      expect(version).toBe(packages[`node_modules/${name}`]?.version);
  });

  test("installs in each version what the lockfile pins, and no Node", () => {
    const installed = JSON.parse(readFileSync(inside("node_modules", ".package-lock.json"), "utf8")) as {
      readonly packages: Readonly<Record<string, { readonly version: string }>>;
    };
    const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8")) as typeof installed;
    const pinned = new Set(Object.entries(packages).map(([path, { version }]) => `${nameOf(path)} ${version}`));
    const others = Object.entries(installed.packages).filter(([path]) => path !== "node_modules/tagwarden");
    expect(others.length).toBeGreaterThan(5);
    for (const [path, { version }] of others) expect(pinned).toContain(`${nameOf(path)} ${version}`);
    expect(others.map(([path]) => nameOf(path)).filter((name) => name.startsWith("node-linux"))).toEqual([]);
  });

  test("holds compiled JavaScript, what the documentation speaks of, and no sources, tests or tools", () => {
    const files = filesIn(own()).map((file) => file.slice(own().length + 1));
    expect(files.filter((file) => /\.(ts|tsx|map)$/.test(file))).toEqual([]);
    const first = new Set(files.map((file) => file.split("/")[0]));
    const made = ["dist", "LICENSES-OF-OTHERS.md", "npm-shrinkwrap.json", "package.json", "sbom.json"];
    const copied = ["CHANGELOG.md", "docs", "examples", "LICENSE", "README.md", "serverless.yml", "templates"];
    expect(first).toEqual(new Set([...made, ...copied]));
    expect(files).toEqual(
      expect.arrayContaining([
        "docs/policy.schema.json",
        "examples/policies/starter.yaml",
        "templates/aws-account.yml",
      ]),
    );
  });

  test("leads from no page of its own to a file that it doesn't hold", () => {
    const pages = filesIn(own()).filter((file) => file.endsWith(".md") && !file.includes("LICENSES-OF-OTHERS"));
    expect(pages.length).toBeGreaterThan(40);
    const links = pages.flatMap((page) =>
      [...readFileSync(page, "utf8").matchAll(/\]\((?<path>[\w./-]+)[#)]/g)].map(({ groups }) =>
        join(dirname(page), groups?.["path"] ?? ""),
      ),
    );
    expect(links).toContain(own("docs", "cli.md"));
    expect(links.filter((path) => !existsSync(path))).toEqual([]);
  });

  test("hands on the licence of each package that is in its bundle", () => {
    const licences = readFileSync(own("LICENSES-OF-OTHERS.md"), "utf8");
    for (const name of ["zod", "commander", "@aws-sdk/client-s3", "fastify"]) expect(licences).toContain(`## ${name} `);
    const sections = licences.split("\n---\n").slice(1);
    expect(sections.length).toBeGreaterThan(50);
    expect(sections.filter((section) => section.trim().split("\n").length < 3)).toEqual([]);
  });
});

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
}

describe("the installed command", () => {
  test("says what it is, and explains each command as a checkout does", async () => {
    const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { readonly version: string };
    expect(await tagwarden("--version")).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
    expect(await tagwarden("--help")).toEqual(await runMain(["--help"]));
    expect(await tagwarden("completion", "bash")).toEqual(await runMain(["completion", "bash"]));
  });

  test("init, emulate, audit, enforce --apply and undo work together", async () => {
    const ids = ["g1", "g2", "g3"];
    const groups = ids.map((id) => ({ ...GROUP, id, tags: id === "g1" ? { owner: "web" } : {} }));
    writeFileSync(inside("resources.ndjson"), ndjson(groups));
    const emulate = spawn(
      inside("node_modules", ".bin", "tagwarden"),
      ["emulate", "--from", "resources.ndjson", "--write-config", "local.yaml"],
      {
        cwd: inside(),
        env: ENV,
        stdio: ["ignore", "pipe", "ignore"],
      },
    );
    onTestFinished(() => void emulate.kill());
    const [line] = (await once(emulate.stdout.setEncoding("utf8"), "data")) as [string];
    const { alibaba } = JSON.parse(line) as { readonly alibaba: { readonly endpoint: string } };

    const flags = ["--provider", "alibaba", "--account", "111122223333", "--region", "cn-hangzhou"];
    const init = await tagwarden("init", ...flags, "--endpoint", alibaba.endpoint, "--key", "owner");
    expect(init).toMatchObject({ code: 0, stdout: expect.stringContaining("tagwarden doctor --config config.yaml") });
    expect(await tagwarden("policy", "check", "--policy", "policy.yaml", "--config", "config.yaml")).toEqual({
      code: 0,
      stdout: "",
      stderr: "",
    });

    // The first policy only looks. This one writes, into the clouds that `emulate` serves.
    const text = readFileSync(inside("policy.yaml"), "utf8").replace("owner: {}", "owner: { default: somebody }");
    writeFileSync(inside("enforce.yaml"), text.replace("mode: report\n", "mode: enforce\n"));
    const files = ["--policy", "enforce.yaml", "--config", "local.yaml"];

    const before = await tagwarden("audit", ...files, "--out", "before");
    expect(before.code).toBe(1);
    expect(JSON.parse(before.stdout)).toMatchObject({ evaluated: { compliant: 1, noncompliant: 2 } });

    const enforce = await tagwarden("enforce", ...files, "--resources", "before/findings", "--apply");
    expect(JSON.parse(enforce.stdout)).toMatchObject({ outcomes: { tagged: 2 } });
    expect((await tagwarden("audit", ...files, "--out", "after")).code).toBe(0);

    const [, id = ""] = /run (\S+) wrote/.exec(enforce.stderr) ?? [];
    const undo = await tagwarden("undo", "--run", id, "--config", "local.yaml", "--apply");
    expect(JSON.parse(undo.stdout)).toMatchObject({ outcomes: { removed: 2 } });
    const again = await tagwarden("audit", ...files, "--out", "again");
    expect(JSON.parse(again.stdout)).toMatchObject({ evaluated: { compliant: 1, noncompliant: 2 } });
  });

  test("local does the main job in its process, and says that a checkout does it otherwise", async () => {
    const events = own("examples", "events", "cloudtrail.json");
    const ran = await tagwarden("local", "--events", events, "--state", "state", "--out", "local");
    expect({ code: ran.code, stderr: ran.stderr }).toEqual({
      code: 0,
      stderr: "tagwarden: the functions run in this process; a checkout packages them as a deployment does\n",
    });
    expect(JSON.parse(ran.stdout)).toMatchObject({ resources: 3, outcomes: { tagged: 3 }, writes: 3 });
    expect(readdirSync(inside("state", "aws"))).toEqual(expect.arrayContaining(["dynamodb", "queues"]));
  });

  test("tells a Node that is too old what it needs, without a stack", async () => {
    const older = "data:text/javascript,Object.defineProperty(process.versions,'node',{value:'20.20.2'})";
    const started = run(process.execPath, ["--import", older, own("dist", "tagwarden.js"), "--version"]);
    await expect(started).rejects.toMatchObject({
      code: 2,
      stderr: "tagwarden: needs Node 24 or newer, and this is 20.20.2; install one from https://nodejs.org/\n",
    });
  });
});
