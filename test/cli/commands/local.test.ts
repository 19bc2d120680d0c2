import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { ResourceEnd } from "../../../local/run/result.ts";
import { ndjson, runMain, temporaryFile, temporaryFolder } from "../run-main.ts";
import { spawnCommand } from "../spawn-command.ts";

describe("local", () => {
  test("does the main job on a recording of one's own, and --serve keeps it running until stopped", async () => {
    const folder = await temporaryFolder();
    const events = join(folder, "events.json.gz");
    writeFileSync(events, gzipSync(readFileSync(new URL("../../../examples/events/cloudtrail.json", import.meta.url))));
    const policy = join(folder, "policy.yaml");
    writeFileSync(
      policy,
      `version: 1
requiredTags: { owner: { default: { fromEvent: createdBy } } }
policies: [{ name: owners, match: { types: ["aws:*"] }, require: [owner], mode: enforce }]
`,
    );
    const out = join(folder, "out");
    const local = spawnCommand(["local", "--events", events, "--policy", policy, "--out", out, "--serve"]);
    const json = JSON.parse(await local.firstLine()) as Record<string, unknown>;
    expect(Object.keys(json)).toEqual(["resources", "outcomes", "calls", "writes", "compliance", "report", "details"]);
    expect(json).toMatchObject({ resources: 3, outcomes: { tagged: 3 }, writes: 3 });
    expect(json["compliance"]).toEqual({ before: 0, after: 1 });
    const lines = readFileSync(json["details"] as string, "utf8")
      .trimEnd()
      .split("\n");
    expect(lines).toHaveLength(3);
    for (const line of lines) expect(Object.keys((JSON.parse(line) as ResourceEnd).written)).toEqual(["owner"]);
    expect(JSON.parse(readFileSync(join(out, "report.json"), "utf8"))).toMatchObject({ compliance: 1 });
    expect((await runMain(["report", "--run", out])).stdout).toBe(readFileSync(join(out, "report.html"), "utf8"));
    const stderr = await local.stderrUntil("control endpoint");
    const [, address = ""] = /report of the latest audit: (http\S+)/u.exec(stderr) ?? [];
    expect(await (await fetch(address)).text()).toContain("Tag compliance: 100.0 %");
    local.child.kill("SIGTERM");
    expect(await local.ended()).toBe(0);
    expect(local.stderr()).toContain("serving until stopped");
  });

  test("says of a stranger's policy what each resource got, what it lacks and why, and ends with 0", async () => {
    const policy = await temporaryFile(
      "policy.yaml",
      `version: 1
requiredTags: { contact: { default: { fromEvent: createdBy } }, secrecy: { values: [public, secret] } }
policies: [{ name: mine, match: { types: ["aws:*", "huawei:*"] }, require: [contact, secrecy], mode: enforce }]
`,
    );
    const out = await temporaryFolder();
    const ran = await runMain(
      ["local", "--policy", policy, "--resources", "60", "--out", out, "--in-process", "--format", "table"],
      { columns: 160 },
    );
    expect({ code: ran.code, stderr: ran.stderr }).toEqual({ code: 0, stderr: "" });
    expect(ran.stdout).not.toContain("planted");
    expect(ran.stdout).toMatch(/ tagged, still noncompliant +contact=\S+ +secrecy: no default fits\n/);
    expect(ran.stdout).toContain("dead letters  none\n");
    expect(ran.stdout).toContain("everything as expected\n");
  });

  test("does the main job on what a recording holds that breaks off, and doesn't call it done", async () => {
    const whole = readFileSync(new URL("../../../examples/events/cloudtrail.json", import.meta.url), "utf8");
    const events = await temporaryFile("events.json", `${whole}{"Records":[`);
    const out = await temporaryFolder();
    const ran = await runMain(["local", "--events", events, "--out", out, "--in-process", "--format", "json"]);
    expect(JSON.parse(ran.stdout)).toMatchObject({ resources: 3 });
    expect(ran.stderr).toMatch(
      /events\.json:\d+:\d+: not valid JSON: the text ends too early; what follows was not read/,
    );
    expect(ran.code).toBe(2);
  });

  test.each([
    ["nothing that can be read", "{\n", "not valid JSON"],
    ["lines without JSON but for the first", `${ndjson([{ a: 1 }])}{`, ":2: not valid JSON"],
    ["JSON that is no event", ndjson([{ a: 1 }]), ":1: The event has none of the accepted formats"],
    ["no event at all", ndjson([{ a: 1 }]), "holds no event that can be read"],
  ])("names a recording of %s", async (_name, content, message) => {
    const ran = await runMain([
      "local",
      "--events",
      await temporaryFile("events", content),
      "--policy",
      "nowhere.yaml",
    ]);
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toContain(message);
  });
});
