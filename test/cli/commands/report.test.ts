import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeEach, describe, expect, it } from "vitest";
import { evaluationLine } from "../../../lib/core/report/evaluation-line.ts";
import { buildReport } from "../../../lib/core/report/report.ts";
import { summarise } from "../../../lib/core/report/summarise.ts";
import { NONCOMPLIANT } from "../../core/report/findings.ts";
import { runMain, temporaryFolder } from "../run-main.ts";

const RUN = "2026-11-22T01-59-00-000Z";
const PARTS = [1, 2].map((part) => `alibaba.111122223333.cn-hangzhou.apigateway.${RUN}.${part}.ndjson.gz`) as [
  string,
  string,
];
const FACTS = {
  run: RUN,
  startedAt: "2026-11-22T01:59:00.000Z",
  finishedAt: "2026-11-22T02:00:00.000Z",
  policyHash: "abc",
};
const found = [NONCOMPLIANT, { ...NONCOMPLIANT, id: "=1+1" }];
const REPORT = buildReport(FACTS, summarise(found));

let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
  await mkdir(join(folder, "findings"));
  await writeFile(join(folder, "report.json"), JSON.stringify(REPORT));
  const lines = found.map((finding) => `${evaluationLine(finding)}\n`);
  await writeFile(join(folder, "findings", PARTS[0]), gzipSync(lines[0] ?? ""));
  await writeFile(join(folder, "findings", PARTS[1]), gzipSync(lines[1] ?? ""));
});

const report = (...more: string[]) => runMain(["report", "--run", folder, ...more]);

describe("report", () => {
  it("gives the report back as JSON", async () => {
    const ran = await report("--format", "json");
    expect(ran.code).toBe(0);
    expect(JSON.parse(ran.stdout)).toEqual(REPORT);
  });

  it("renders it as Markdown", async () => {
    expect((await report("--format", "md")).stdout).toMatch(/^# Tag compliance: 0\.0 %/u);
  });

  it("gives a CSV row for each finding of all parts, formulas defused and accounts as text", async () => {
    const { stdout } = await report("--format", "csv");
    const rows = stdout.split("\r\n");
    expect(rows).toHaveLength(4);
    expect(rows[0]).toMatch(/^\uFEFFcompliance,type,account,/u);
    expect(rows[1]).toContain(",'111122223333,");
    expect(rows[1]).toContain(",g1,");
    expect(rows[2]).toContain(",'=1+1,");
  });

  it("renders it as a page unless another format is asked for, with links to the parts", async () => {
    const { code, stdout } = await report();
    expect(code).toBe(0);
    expect(stdout).toMatch(/^<!DOCTYPE html>/u);
    expect(stdout).toContain(`href="findings/${PARTS[1]}"`);
    expect(stdout).toContain("=1+1");
  });

  it("refuses a format that there isn't", async () => {
    const ran = await report("--format", "pdf");
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toContain("--format pdf: choose one of");
  });

  it("refuses a folder without a report", async () => {
    const empty = await temporaryFolder();
    const ran = await runMain(["report", "--run", empty, "--format", "md"]);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain(`${empty}: holds no report.json; name the folder`);
  });

  it("refuses a report.json that is something else", async () => {
    await writeFile(join(folder, "report.json"), "[]");
    const ran = await report("--format", "md");
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("report.json: is not the report of an audit");
  });

  it("names a part that is cut off", async () => {
    const whole = gzipSync(`${evaluationLine(NONCOMPLIANT)}\n`);
    await writeFile(join(folder, "findings", PARTS[1]), whole.subarray(0, -9));
    const ran = await report("--format", "csv");
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain(`findings/${PARTS[1]}: is not a whole gzip file`);
  });

  it("names the line of a part that is no finding", async () => {
    await writeFile(join(folder, "findings", PARTS[1]), gzipSync("{}\n"));
    const ran = await report("--format", "csv");
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain(`findings/${PARTS[1]}:1: is not a finding of an audit`);
  });
});
