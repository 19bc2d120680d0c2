import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import type { EmulatedResource } from "../../../local/emulator/emulated-resource.ts";
import { startEmulator, type Emulator } from "../../../local/emulator/start.ts";
import { POLICY, runMain, temporaryFolder } from "../run-main.ts";

const place = { type: "alibaba:apigateway:apiGroup", account: "111122223333", region: "cn-hangzhou" };
const RESOURCES: readonly EmulatedResource[] = [
  { ...place, id: "g1", tags: { env: "prod", owner: "web" } },
  { ...place, id: "=1+1", tags: { env: "moon", owner: "web" } },
  { ...place, id: "ipam-1", type: "alibaba:vpcipam:IPAM", tags: {} },
  { type: "huawei:iam:user", account: "d0001", region: "global", id: "<b>u1</b>", tags: {} },
];

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ resources: RESOURCES });
});
afterAll(() => emulator.close());

/** Two audits into one folder, so that the second report compares itself with the first. */
async function audited(): Promise<string> {
  const folder = await temporaryFolder();
  const [config, policy, out] = ["config.yaml", "policy.yaml", "out"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(config, stringify(emulator.config()));
  writeFileSync(policy, POLICY);
  for (let run = 0; run < 2; run++) {
    const ran = await runMain(["audit", "--policy", policy, "--config", config, "--out", out]);
    expect(ran).toMatchObject({ code: 1, stderr: "" });
  }
  return out;
}

describe("report", () => {
  it("renders again what the audit has published, to the byte", async () => {
    const out = await audited();
    const published = (name: string): string => readFileSync(join(out, name), "utf8");
    for (const [format, name] of [
      ["html", "report.html"],
      ["json", "report.json"],
      ["md", "report.md"],
    ] as const) {
      expect(await runMain(["report", "--run", out, "--format", format])).toEqual({
        code: 0,
        stdout: published(name),
        stderr: "",
      });
    }
    expect(published("report.html")).toContain("Compliance of the last 2 runs");
  });

  it("gives as many CSV rows as the report counts findings", async () => {
    const out = await audited();
    const { findings } = (
      JSON.parse(readFileSync(join(out, "report.json"), "utf8")) as { survey: { findings: number } }
    ).survey;
    const { stdout } = await runMain(["report", "--run", out, "--format", "csv"]);
    expect(stdout.trimEnd().split("\r\n")).toHaveLength(findings + 1);
  });

  it("says so where a part of the findings is gone", async () => {
    const out = await audited();
    const parts = readdirSync(join(out, "findings")).sort();
    rmSync(join(out, "findings", parts[0] ?? ""));
    const { code, stderr } = await runMain(["report", "--run", out, "--format", "csv"]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/out: holds \d+ findings? of the run \S+, and its report counts \d+; audit again/u);
  });
});
