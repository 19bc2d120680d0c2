import { execFile, execFileSync } from "node:child_process";
import { readFileSync, readlinkSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeEach, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { GATEWAY, GROUP, placeArguments, useClouds } from "../clouds/clouds.ts";
import { ndjson, POLICY, runMain } from "../run-main.ts";
import { linesOf, onScreen } from "../screen.ts";

const clouds = useClouds();
const at = (name: string): string => join(clouds.folder, name);

/** `enforce` with files of the folder, on a terminal. */
const argvOf = (...more: readonly string[]): readonly string[] => {
  const files = ["--policy", at("policy.yaml"), "--config", clouds.config, "--resources", at("resources.ndjson")];
  return ["enforce", ...files, "--journal", clouds.journal, ...more];
};
const enforce = async (...more: readonly string[]) => linesOf(await onScreen(argvOf(...more), 120));

/** Has every account of the configuration say this as well. */
function configure(more: object): void {
  const { accounts, ...config } = clouds.emulator.config() as { readonly accounts: readonly object[] };
  writeFileSync(clouds.config, stringify({ ...config, accounts: accounts.map((one) => ({ ...one, ...more })) }));
}

/** The cells of the table below this heading. */
function tableIn(lines: readonly string[], heading: RegExp): readonly (readonly string[])[] {
  const from = lines.findIndex((line) => heading.test(line)) + 1;
  return lines.slice(from, lines.indexOf("", from)).map((line) => line.split(/ {2,}/));
}

describe("a dry run", () => {
  test("says first how many tags on how many resources in how many calls, and ends with the command that does it", async () => {
    const lines = await enforce();
    expect(lines[0]).toBe("Would change 7 tags of 5 resources in 5 calls, in about 1 s. Nothing is written yet.");
    expect(lines.at(-3)).toBe("To do it:");
    expect(lines.at(-2)).toBe(`tagwarden ${argvOf("--apply").join(" ")}`);
    expect(lines.at(-1)).toBe("");
  });

  test("whose last line does it, as it is", async () => {
    const command = (await enforce("--rows")).at(-2) ?? "";
    const { code } = await onScreen(command.split(" ").slice(1), 120);
    expect(code).toBe(0);
    expect(clouds.tagsOf("gw1")).toEqual({ env: "dev", owner: "platform" });
  });

  test("tells what would be tagged from what would still be noncompliant", async () => {
    expect(tableIn(await enforce(), /^outcome/)).toEqual([
      ["would be tagged", "4"],
      ["would be tagged, still noncompliant", "1"],
      ["compliant", "1"],
    ]);
  });

  test("counts by key and value, most first", async () => {
    expect(tableIn(await enforce(), /^would {2}/)).toEqual([
      ["write", "4", "4", "owner=platform"],
      ["write", "3", "3", "env=dev"],
    ]);
  });

  test("counts by why not: the brake, what is unknown, what is not configured, each with its reason", async () => {
    const denied = {
      match: { action: "huawei:iam:ListResourceTagsV5" },
      effect: "error",
      code: "PAP5.0001",
      httpStatus: 403,
    } as const;
    clouds.emulator.setFaults([denied]);
    writeFileSync(
      at("resources.ndjson"),
      ndjson([
        { ...GROUP, id: "g2" },
        { ...GATEWAY, account: "nobody", id: "gw" },
        { type: "huawei:iam:user", account: "d0001", region: "global", id: "u1" },
      ]),
    );
    writeFileSync(at("policy.yaml"), POLICY.replace("mode: enforce", "mode: report"));
    const left = tableIn(await enforce(), /^would leave/).filter(([outcome]) => outcome !== "");
    const reasons = left.map((cells) => [cells[0], cells.at(-1)?.split(":")[0]]);
    expect(reasons).toHaveLength(3);
    expect(reasons).toContainEqual(["report-only", "report-mode"]);
    expect(reasons).toContainEqual(["not known yet", "PAP5.0001"]);
    expect(reasons).toContainEqual(["would fail", "NotConfigured"]);
  });

  test("has rows with --rows only", async () => {
    expect((await enforce()).join("\n")).not.toContain("gw1");
    expect((await enforce("--rows")).filter((line) => line.includes("gw1"))).toHaveLength(2);
  });

  test("of many values names the most frequent, and how many others there are", async () => {
    const many = Array.from({ length: 30 }, (_, index) => ({
      ...GROUP,
      id: `m${index}`,
      tags: {},
      event: { createdBy: `p${index}` },
    }));
    for (const { event: _event, ...one } of many) clouds.emulator.world.create(one);
    writeFileSync(at("resources.ndjson"), ndjson(many));
    writeFileSync(at("policy.yaml"), POLICY.replace("default: platform", "default: { fromEvent: createdBy }"));
    const lines = await enforce();
    expect(tableIn(lines, /^would {2}/)).toHaveLength(21);
    expect(lines).toContain("… and 11 others; --rows names each");
  });

  test("says in minutes how long many calls take at the configured rate", async () => {
    const many = Array.from({ length: 130 }, (_, index) => ({ ...GATEWAY, id: `gw-${index}`, tags: {} }));
    for (const one of many) clouds.emulator.world.create(one);
    writeFileSync(at("resources.ndjson"), ndjson(many));
    configure({ callsPerSecond: { read: 1000, write: 0.5 } });
    expect((await enforce())[0]).toBe(
      "Would change 260 tags of 130 resources in 130 calls, in about 5 minutes. Nothing is written yet.",
    );
  });

  test("says what the write cap would hold back", async () => {
    configure({ writesPerHour: 1 });
    expect((await enforce())[1]).toMatch(
      /^111122223333 may have 1 written to in an hour \(writesPerHour\): 1 resource would fail/,
    );
  });

  test("that would write nothing has no next command", async () => {
    await onScreen(argvOf("--apply"), 80);
    const lines = await enforce();
    expect(lines[0]).toBe("Nothing would be written.");
    expect(lines.join("\n")).not.toContain("tagwarden enforce");
  });

  test("without a configuration says so, and how to name one", async () => {
    const argv = ["enforce", "--policy", at("policy.yaml"), "--resources", at("resources.ndjson")];
    const lines = linesOf(await onScreen(argv, 120));
    expect(lines.at(-2)).toBe(`tagwarden ${argv.join(" ")} --config config.yaml`);
  });

  test("quotes what a shell would take apart", async () => {
    const argv = [
      "tags",
      "set",
      "--config",
      clouds.config,
      ...placeArguments(GROUP),
      "--id",
      "g1",
      "--tag",
      "note=it's $HOME; rm",
    ];
    const lines = linesOf(await onScreen(argv, 120));
    expect(lines.at(-2)).toMatch(/ --tag 'note=it'\\''s \$HOME; rm' --apply$/);
  });

  test("shows the same in a pipe that asks for a table, in lines as long as they need", async () => {
    const ran = await runMain(argvOf("--format", "table"));
    const lines = await enforce("--format", "table");
    expect(ran.stdout).toBe(lines.join("\n"));
  });
});

describe("with --apply", () => {
  test("says what was written, what still lacks and why, and last how to take it back", async () => {
    const lines = await enforce("--apply");
    expect(lines[0]).toMatch(/^Changed 7 tags of 5 resources in 5 calls, in \d+ s\.$/);
    expect(tableIn(lines, /^outcome/)).toContainEqual(["tagged, still noncompliant", "1"]);
    expect(tableIn(lines, /^left/)).toEqual([
      [
        "report-only",
        "1",
        "1",
        "env",
        "no-overwrite: there is a value, and the required tag doesn't say overwrite: true",
      ],
    ]);
    expect(lines.slice(-3).join("\n")).toMatch(
      /^run (\S+) wrote 7 tags; to take them back:\ntagwarden undo --run \1 --journal \S+ --config \S+\n$/,
    );
  });

  test.each([
    ["npx", "npx tagwarden undo --run "],
    ["tagwarden", "npm run -s tagwarden -- undo --run "],
    ["test", "tagwarden undo --run "],
  ])("says how to take it back as it can be typed where npm runs %s", async (npm_lifecycle_event, command) => {
    const { stderr } = await runMain(argvOf("--apply", "--format", "json"), { env: { npm_lifecycle_event } });
    expect(stderr).toMatch(new RegExp(`to take them back: ${command}`));
  });

  test("names what was refused without being asked for rows", async () => {
    const fault = { action: "alibaba:apigateway:TagResources", resourceId: "g2" };
    clouds.emulator.setFaults([{ match: fault, effect: "error", code: "NoPermission.SystemTag", httpStatus: 403 }]);
    const lines = await enforce("--apply");
    expect(lines.find((line) => line.startsWith("rejected") && line.includes(" g2 "))).toContain(
      "NoPermission.SystemTag",
    );
    expect(lines.filter((line) => line.includes("gw1"))).toEqual([]);
  });

  test("names the run on stderr also where nobody reads the results any more", async () => {
    const { code, stdout, stderr } = await runMain(argvOf("--apply", "--format", "table"), { closeAfter: 0 });
    expect([code, stdout]).toEqual([0, ""]);
    expect(stderr).toMatch(/^run \S+ wrote 7 tags; to take them back: /m);
  });
});

describe("report --out and --open", () => {
  let out: string;
  const display = (tool: string) => ({ DISPLAY: ":0", PATH: tool });

  beforeEach(async () => {
    out = at("out");
    await runMain(["audit", "--policy", clouds.policy, "--config", clouds.config, "--out", out]);
  });

  test.each(["html", "json", "csv", "md"])("--out writes the same as stdout gets, as %s", async (format) => {
    const { stdout } = await runMain(["report", "--run", out, "--format", format]);
    const ran = await runMain(["report", "--run", out, "--format", format, "--out", at(`new/report.${format}`)]);
    expect(ran).toMatchObject({ code: 0, stdout: "" });
    expect(readFileSync(at(`new/report.${format}`), "utf8")).toBe(stdout);
  });

  test("--out that can't be written is exit 2, and leaves what stood there", async () => {
    const ran = await runMain(["report", "--run", out, "--out", out]);
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toContain(`tagwarden: ${out}: `);
    expect((await runMain(["report", "--run", out])).code).toBe(0);
  });

  test("--out through a link writes what the link leads to, and the link stays", async () => {
    symlinkSync(at("target.csv"), at("link.csv"));
    writeFileSync(at("target.csv"), "old");
    await runMain(["report", "--run", out, "--format", "csv", "--out", at("link.csv")]);
    expect(readlinkSync(at("link.csv"))).toBe(at("target.csv"));
    expect(readFileSync(at("target.csv"), "utf8")).toContain("noncompliant");
  });

  test("--out to a pipe hands it to whoever reads there, and the pipe stays", async () => {
    execFileSync("mkfifo", [at("pipe")]);
    const read = promisify(execFile)("cat", [at("pipe")]);
    const ran = await runMain(["report", "--run", out, "--format", "md", "--out", at("pipe")]);
    expect(ran.code).toBe(0);
    expect((await read).stdout).toBe((await runMain(["report", "--run", out, "--format", "md"])).stdout);
    expect(statSync(at("pipe")).isFIFO()).toBe(true);
  });

  test("--open hands the audit's page to the desktop as a file", async () => {
    const tool = at("tools");
    const told = at("opened");
    await runMain(["policy", "compile", "--policy", clouds.policy, "--out", join(tool, "none")]);
    writeFileSync(join(tool, "xdg-open"), `#!/bin/sh\necho "$1" > "${told}"\n`, { mode: 0o755 });
    const ran = await runMain(["report", "--run", out, "--open"], { env: display(tool) });
    expect(ran).toEqual({ code: 0, stdout: "", stderr: `opened ${join(out, "report.html")}\n` });
    await expect.poll(() => readFileSync(told, "utf8")).toBe(`${join(out, "report.html")}\n`);
  });

  test.each([
    ["no display", {}, /--open: there is no display here; open \S+\/out\/report\.html in a browser/],
    [
      "nothing that opens files",
      { DISPLAY: ":0", PATH: "/nowhere" },
      /--open: xdg-open can't be started; open \S+ in a browser/,
    ],
  ])("--open with %s is exit 2 and names the page", async (_what, env, message) => {
    const ran = await runMain(["report", "--run", out, "--open"], { env });
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toMatch(message);
  });

  test("--open shows the page alone", async () => {
    const ran = await runMain(["report", "--run", out, "--open", "--format", "csv"]);
    expect(ran.stderr).toBe("tagwarden: --open shows the page, not csv; leave out --format\n");
  });
});

test("an audit ends with its report's path and the next command", async () => {
  const argv = ["audit", "--policy", clouds.policy, "--config", clouds.config, "--out", at("out")];
  const lines = linesOf(await onScreen(argv, 80));
  expect(lines.slice(-5)).toEqual([
    `report  ${at("out/report.html")}`,
    "",
    "To see what enforcement would do about it:",
    `tagwarden enforce --policy ${clouds.policy} --config ${clouds.config} --resources ${at("out/findings")}`,
    "",
  ]);
  expect((await onScreen(lines.at(-2)?.split(" ").slice(1) ?? [], 80)).text).toMatch(/^Would change 7 tags/);
});
