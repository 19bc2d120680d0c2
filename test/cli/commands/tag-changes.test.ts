import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startEmulator } from "../../../local/emulator/start.ts";
import { actionTrailEvent, eventBridge, runInstances } from "../../fixtures/events/records.ts";
import { tagChange, untagResources } from "../../fixtures/events/tag-calls.ts";
import { runMain } from "../run-main.ts";

const lines = (...events: readonly unknown[]) => events.map((event) => JSON.stringify(event)).join("\n");
const RECORDING = lines(eventBridge(runInstances()), tagChange(), actionTrailEvent(untagResources()));

describe("tagwarden events", () => {
  it("lists creations, and counts the changes of tags beside them", async () => {
    const { code, stdout, stderr } = await runMain(["events", "-"], { stdin: RECORDING });
    expect(code).toBe(0);
    expect(stdout.trim().split("\n")).toHaveLength(2);
    expect(stderr).toContain("tags changed: 1 x Tag Change on Resource\ntags changed: 1 x UntagResources\n");
  });

  it("lists the changes of tags with --tag-changes", async () => {
    const { stdout } = await runMain(["events", "--tag-changes", "-"], { stdin: RECORDING });
    const rows = stdout
      .trim()
      .split("\n")
      .map((line): unknown => JSON.parse(line));
    expect(rows).toMatchObject([
      { type: "aws:ec2:instance", change: { eventName: "Tag Change on Resource", keys: ["env"] } },
      { type: "alibaba:apigateway:apiGroup", id: "g1", change: { eventName: "UntagResources", keys: ["env"] } },
    ]);
  });
});

it("enforce --events puts back a changed tag where its policy says recheck, and nothing else", async () => {
  const group = { type: "alibaba:apigateway:apiGroup", account: "111122223333", region: "cn-hangzhou" };
  const emulator = await startEmulator({ resources: [{ ...group, id: "g1", tags: {} }] });
  const folder = mkdtempSync(join(tmpdir(), "tagwarden-test-"));
  const at = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const policy = (recheck: string) => `
version: 1
requiredTags: { env: { default: dev }, team: { default: web } }
policies: [{ name: all, require: [env, team], mode: enforce${recheck} }]
`;
  const config = at("config.json", JSON.stringify(emulator.config()));
  const enforce = (recheck: string, ...more: string[]) => {
    const files = ["--policy", at("policy.yaml", policy(recheck)), "--config", config, "--journal", folder];
    const line = ["enforce", ...files, "--events", "-", "--format", "json", ...more];
    return runMain(line, { stdin: lines(actionTrailEvent(untagResources())) });
  };
  try {
    expect(JSON.parse((await enforce("", "--apply")).stdout)).toMatchObject({ outcomes: { "not-applicable": 1 } });
    expect((await enforce(", recheck: true")).stdout).toContain('"env":"dev"');
    const applied = await enforce(", recheck: true", "--apply");
    expect(JSON.parse(applied.stdout)).toMatchObject({ outcomes: { tagged: 1 } });
    expect(emulator.world.get({ ...group, id: "g1" })?.tags).toEqual({ env: "dev" });
  } finally {
    await emulator.close();
  }
});
