import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { runMain } from "../run-main.ts";
import { IPAM, useClouds } from "./clouds.ts";

const clouds = useClouds();

describe("audit", () => {
  const audit = async (more: readonly string[] = [], env: Readonly<Record<string, string>> = {}) => {
    const places = ["--policy", clouds.policy, "--config", clouds.config, "--out", join(clouds.folder, "out")];
    return runMain(["audit", ...places, ...more], { env });
  };
  const lines = (kind: string): unknown[] =>
    readdirSync(join(clouds.folder, "out", kind)).flatMap((name) =>
      gunzipSync(readFileSync(join(clouds.folder, "out", kind, name)))
        .toString()
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as unknown),
    );

  test("counts what exists, writes evaluations and findings, and is exit 1 with findings", async () => {
    const ran = await audit();
    expect(ran.code).toBe(1);
    const json = JSON.parse(ran.stdout) as { calls: unknown };
    expect(json).toMatchObject({
      resources: 6,
      evaluated: { compliant: 1, noncompliant: 5 },
      out: join(clouds.folder, "out"),
    });
    expect(Object.keys(json)).toEqual(["run", "resources", "evaluated", "coverage", "calls", "rows", "out"]);
    expect(json.calls).toEqual(clouds.emulator.calls());
    expect(lines("evaluations")).toHaveLength(6);
    expect(lines("findings")).toHaveLength(5);
  });

  test("its findings are what enforce repairs, and then it is exit 0 but for what nobody may overwrite", async () => {
    await audit();
    const { json } = await clouds.enforce("--resources", join(clouds.folder, "out", "findings"), "--apply");
    expect(json.outcomes).toEqual({ tagged: 5 });
    const again = await audit();
    expect(JSON.parse(again.stdout)).toMatchObject({ evaluated: { compliant: 5, noncompliant: 1 } });
    await clouds.tags("set", IPAM, "--id", "ipam-1", "--tag", "env=dev", "--apply");
    expect((await audit()).code).toBe(0);
  });

  test("a table on a terminal", async () => {
    const ran = await audit(["--format", "table"]);
    expect(ran.stdout).toMatch(/^provider +resources +compliance/);
    expect(ran.stdout).toMatch(/\nowner +4 +0/);
  });

  test("a table on a terminal says under it which policy matched nothing, and what it asks for", async () => {
    const misspelt = `  - { name: dead, match: { types: ["aws:ec2:instances"] }, require: [env] }\n`;
    writeFileSync(clouds.policy, readFileSync(clouds.policy, "utf8").replace("policies:\n", `policies:\n${misspelt}`));
    const ran = await audit(["--format", "table"]);
    expect(ran.stdout).toMatch(/\ndead +0 +– +0 +0\n/);
    expect(ran.stdout).toContain("\ndead: matched nothing: types aws:ec2:instances\n");
  });

  test.each(["table", "json"])(
    "says on stderr that writing is off, beside %s, and its report says so again",
    async (format) => {
      const off = await audit(["--format", format], { TAGWARDEN_MODE: "report" });
      expect(off.stderr.match(/^Writing is off: .*unset TAGWARDEN_MODE\.$/gm)).toHaveLength(1);
      const again = await runMain(["report", "--run", join(clouds.folder, "out"), "--format", "md"]);
      expect(again.stdout).toContain("Writing is off: ");
    },
  );

  test.each([[{}], [{ TAGWARDEN_MODE: "enforce" }]])("says nothing of it under %j", async (env) => {
    const on = await audit(["--format", "table"], env);
    expect(on.stdout + on.stderr).not.toMatch(/writing is off/i);
    for (const name of ["report.html", "report.md"]) {
      expect(readFileSync(join(clouds.folder, "out", name), "utf8")).not.toMatch(/writing is off/i);
    }
  });

  test("takes no mode that nobody knows", async () => {
    expect(await audit([], { TAGWARDEN_MODE: "off" })).toMatchObject({
      code: 2,
      stderr: "tagwarden: TAGWARDEN_MODE=off: must be enforce or report\n",
    });
  });

  test("--resume says where there is nothing to resume, and leaves no folder behind there", async () => {
    expect(await audit(["--resume"])).toMatchObject({ code: 2, stdout: "" });
    expect(existsSync(join(clouds.folder, "out"))).toBe(false);
    await audit();
    expect((await audit(["--resume"])).stderr).toContain("is finished; leave out --resume to start a new one");
  });

  test("a folder that is a file", async () => {
    const ran = await runMain(["audit", "--policy", clouds.policy, "--config", clouds.config, "--out", clouds.policy]);
    expect(ran.stderr).toBe(`tagwarden: ${clouds.policy}: is a file; name a folder\n`);
    expect(ran.code).toBe(2);
  });
});
