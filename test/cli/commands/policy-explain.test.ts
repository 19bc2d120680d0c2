import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { journalText, type JournalEntry } from "../../../lib/core/journal.ts";
import { fileObjects } from "../../../lib/sinks/objects/files.ts";
import { objectJournal } from "../../../lib/sinks/objects/journal.ts";
import type { ExplainedResource } from "../../../cli/output/policy/explanation-tree.ts";
import { GROUP, ndjson, POLICY, runMain, temporaryFolder, type RunOptions } from "../run-main.ts";

let folder: string;

beforeEach(async () => {
  folder = await temporaryFolder();
  writeFileSync(join(folder, "policy.yaml"), POLICY);
});

const explain = (more: readonly string[], options: RunOptions = {}) =>
  runMain(["policy", "explain", "--policy", join(folder, "policy.yaml"), ...more], options);

function resourcesOf(stdout: string): ExplainedResource[] {
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as ExplainedResource);
}

function file(resources: readonly unknown[]): string {
  const path = join(folder, "resources.ndjson");
  writeFileSync(path, ndjson(resources));
  return path;
}

describe("policy explain", () => {
  test("is one line for each resource: policies, tags and calls, with everything that decides", async () => {
    const ran = await explain(["--resources", file([{ ...GROUP, tags: { env: "moon" } }])]);
    expect(ran).toMatchObject({ code: 0, stderr: "1 resource explained\n" });
    const { tags: _, ...ref } = GROUP;
    const constraint = 'must be one of "prod", "staging", "dev"';
    const from = 'the constant "platform"';
    expect(resourcesOf(ran.stdout)).toEqual([
      {
        resource: ref,
        compliance: "noncompliant",
        policies: [
          {
            name: "everything",
            matched: true,
            because: [{ field: "types", wanted: ["*"], found: GROUP.type, holds: true }],
            mode: "enforce",
            severity: "medium",
          },
        ],
        tags: [
          {
            key: "env",
            verdict: "invalid",
            found: "moon",
            reason: constraint,
            requiredBy: ["everything"],
            constraint,
            exemption: null,
            default: {
              action: "leave",
              reason: "no-overwrite",
              detail: "there is a value, and the required tag doesn't say overwrite: true",
              tried: [],
            },
          },
          {
            key: "owner",
            verdict: "missing",
            found: null,
            reason: "there is no such tag",
            requiredBy: ["everything"],
            constraint: null,
            exemption: null,
            default: {
              action: "write",
              value: "platform",
              from,
              policy: "everything",
              tried: [{ from, value: "platform" }],
            },
          },
        ],
        calls: [{ action: "alibaba:apigateway:TagResources", tags: { owner: "platform" } }],
      },
    ]);
  });

  test("on a terminal it is a tree of sentences", async () => {
    const ran = await explain(["--resources", file([{ ...GROUP, tags: { env: "moon" } }])], {
      terminal: true,
      columns: 100,
    });
    expect(ran.stdout).toBe(
      `g1 (alibaba:apigateway:apiGroup in cn-hangzhou of account 111122223333) is noncompliant: owner
│ missing; env invalid
├─ policy "everything" applies; it enforces: what is missing is written where there is a default;
│  │ severity medium
│  └─ type alibaba:apigateway:apiGroup is any value
├─ tag env is invalid: its value is "moon", and must be one of "prod", "staging", "dev"
│  ├─ required by "everything"
│  ├─ it must be one of "prod", "staging", "dev"
│  └─ nothing is written: there is a value, and the required tag doesn't say overwrite: true
├─ tag owner is missing: there is no such tag
│  ├─ required by "everything"
│  └─ "platform" is written: the constant "platform" (default of policy "everything")
└─ 1 call would write it
   └─ alibaba:apigateway:TagResources with owner=platform

`,
    );
  });

  test("docs/cli.md shows such a tree as it is printed", async () => {
    const [, tree = ""] = /```text\n([\da-f]{32} \(.*?)\n```/s.exec(readFileSync("docs/cli.md", "utf8")) ?? [];
    const [id = ""] = tree.split(" ");
    const files = ["--policy", "examples/local/policy.yaml", "--resources", "examples/resources.ndjson"];
    const ran = await runMain(["policy", "explain", ...files, "--id", id, "--format", "table"]);
    expect(tree).toBe(ran.stdout.trim());
  });

  test("--id explains one of them", async () => {
    const resources = file([GROUP, { ...GROUP, id: "g2" }]);
    const ran = await explain(["--resources", resources, "--id", "g2"]);
    expect(resourcesOf(ran.stdout).map(({ resource }) => resource.id)).toEqual(["g2"]);
    expect(await explain(["--resources", resources, "--id", "g3"])).toMatchObject({
      code: 0,
      stderr: "no resources\n",
    });
  });

  test("what the provider refuses is no call, and its tag says why", async () => {
    writeFileSync(join(folder, "policy.yaml"), POLICY.replace('["*"]', '["alibaba:apigateway:*"]'));
    const tags = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`k${index}`, "v"]));
    const ran = await explain(["--resources", file([{ ...GROUP, tags: { ...tags, env: "prod" } }])]);
    const [explained] = resourcesOf(ran.stdout);
    expect(explained?.calls).toEqual([]);
    expect(explained?.tags[1]).toMatchObject({ key: "owner", default: { action: "leave", reason: "TagQuota" } });
  });

  test("of a finding it is what the audit found: what is missing and invalid, and the rest is unknown", async () => {
    const { tags: _, ...ref } = GROUP;
    const finding = {
      ...ref,
      compliance: "noncompliant",
      missing: ["owner"],
      invalid: [],
      nearMisses: [],
      policies: [],
    };
    const ran = await explain(["--resources", file([finding])]);
    const [explained] = resourcesOf(ran.stdout);
    expect(explained?.compliance).toBe("noncompliant");
    expect(explained?.tags.map(({ key, verdict }) => [key, verdict])).toEqual([
      ["env", "unknown"],
      ["owner", "missing"],
    ]);
    expect(explained?.calls).toEqual([{ action: "alibaba:apigateway:TagResources", tags: { owner: "platform" } }]);
  });

  test("needs resources or a run, and not both", async () => {
    expect((await explain(["--resources", "r", "--run", "2026-11-22.x"])).stderr).toContain(
      "--resources and --run exclude each other",
    );
    const neither = await explain([]);
    expect(neither).toMatchObject({ code: 2 });
    expect(neither.stderr).toContain("needs either --resources or --run");
  });
});

describe("policy explain of a run", () => {
  const RUN = "2026-11-22.101500-1a2b3c4d";
  const ENTRY: JournalEntry = {
    type: GROUP.type,
    account: GROUP.account,
    region: GROUP.region,
    id: GROUP.id,
    key: "owner",
    value: "platform",
    policyHash: "0".repeat(64),
    requestId: "r1",
    at: "2026-11-22T10:15:00.000Z",
  };

  async function journal(...entries: readonly JournalEntry[]): Promise<readonly string[]> {
    const place = join(folder, "journal");
    expect(journalText(entries)).not.toBe("");
    await objectJournal(fileObjects(place)).record(RUN, entries);
    return ["--run", RUN, "--journal", place];
  }

  async function hashOfPolicy(): Promise<string> {
    const { stdout } = await runMain(["policy", "compile", "--policy", join(folder, "policy.yaml")]);
    return (JSON.parse(stdout) as { hash: string }).hash;
  }

  test("says why then: the policies, what was there, and the call that was made", async () => {
    const policyHash = await hashOfPolicy();
    const ran = await explain(await journal({ ...ENTRY, policyHash }));
    expect(ran).toMatchObject({ code: 0, stderr: "1 resource explained\n" });
    const [explained] = resourcesOf(ran.stdout);
    expect(explained).toMatchObject({
      compliance: "noncompliant",
      calls: [{ action: "alibaba:apigateway:TagResources", tags: { owner: "platform" } }],
      journal: { run: RUN, policyHash, samePolicies: true },
    });
    expect(explained?.tags.find(({ key }) => key === "owner")).toMatchObject({
      verdict: "missing",
      found: null,
      default: { action: "write", value: "platform", from: 'the constant "platform"' },
    });
  });

  test("says so where other policies asked for it than those given", async () => {
    const ran = await explain(await journal(ENTRY));
    expect(ran.stderr).toContain(`run ${RUN} was asked for by other policies (${"0".repeat(64)}) than these`);
    expect(resourcesOf(ran.stdout)[0]?.journal).toMatchObject({ samePolicies: false });
  });

  test("an exemption counts as of when it was written, and --at moves that", async () => {
    const exempt = `exemptions: [{ match: {}, tags: [owner], reason: r, expires: "2026-11-22" }]\n`;
    writeFileSync(join(folder, "policy.yaml"), POLICY + exempt);
    const options = await journal(ENTRY);
    const verdictAt = async (...more: readonly string[]) =>
      resourcesOf((await explain([...options, ...more])).stdout)[0]?.tags.find(({ key }) => key === "owner")?.verdict;
    expect([await verdictAt(), await verdictAt("--at", "2026-11-23")]).toEqual(["exempt", "missing"]);
  });

  test("what a command was told has no policy that asked for it", async () => {
    const { policyHash: _, ...told } = ENTRY;
    const ran = await explain([...(await journal(told)), "--format", "table"]);
    expect(ran.stdout).toContain("no policy asked for it: somebody did, by a command");
  });

  test("what a key held that the policies forbid is told nowhere", async () => {
    const forbidding = POLICY.replace("policies:", "policies:\n  - { name: none, forbid: [password] }");
    writeFileSync(join(folder, "policy.yaml"), forbidding);
    const { value: _, ...entry } = ENTRY;
    const options = await journal({ ...entry, key: "password", before: "hunter2" });
    for (const format of ["ndjson", "table"]) {
      const { code, stdout, stderr } = await explain([...options, "--format", format]);
      expect(code).toBe(0);
      expect(stdout).toContain("password");
      expect(stdout + stderr).not.toContain("hunter2");
    }
  });

  test("what came from an event that nobody has any more is told by what was written", async () => {
    const text = POLICY.replace("default: platform", "default: { fromEvent: createdBy }");
    writeFileSync(join(folder, "policy.yaml"), text);
    const ran = await explain(await journal({ ...ENTRY, value: "ann", eventId: "e1" }));
    expect(resourcesOf(ran.stdout)[0]?.tags.find(({ key }) => key === "owner")?.default).toMatchObject({
      action: "write",
      value: "ann",
      from: "createdBy of the creating event",
    });
  });
});
