import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startEmulator, type Emulator } from "../../../local/emulator/start.ts";
import { auditFiles, GATEWAY, isWhole } from "./audit-files.ts";

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({
    resources: [
      { ...GATEWAY, id: "g1", tags: { env: "prod" } },
      { ...GATEWAY, id: "g2", tags: {} },
      { ...GATEWAY, type: "alibaba:vpcipam:IPAM", id: "ipam-1", tags: {} },
    ],
  });
});
afterAll(() => emulator.close());
beforeEach(() => emulator.reset());

/** The tags of gateways can't be read for a while; the rest of an audit goes on. */
const stall = (): void =>
  emulator.setFaults([
    { match: { action: "alibaba:apigateway:ListTagResources" }, effect: "delay", delayMs: 3_600_000 },
  ]);

/** A finished audit, and another one after a change, which is killed when it has written findings of its own. */
async function killedSecond() {
  const files = await auditFiles(emulator);
  await files.audit();
  const first = await answers(files);
  emulator.world.create({ ...GATEWAY, type: "alibaba:vpcipam:IPAM", id: "ipam-2", tags: {} });
  stall();
  const findings = () => files.names("findings").filter(isWhole);
  const before = findings().length;
  await files.killed(() => findings().length > before);
  emulator.setFaults([]);
  return { ...files, first };
}

async function answers(files: Pick<Awaited<ReturnType<typeof auditFiles>>, "report" | "preview">) {
  const formats = await Promise.all(["html", "json", "csv", "md"].map((format) => files.report(format)));
  return [...formats, await files.preview()];
}
const stdouts = (ran: readonly { readonly stdout: string }[]): string[] => ran.map(({ stdout }) => stdout);
const runOf = (out: string): string =>
  (JSON.parse(readFileSync(join(out, "report.json"), "utf8")) as { run: string }).run;

describe("a folder whose last audit was killed", () => {
  it("answers as the audit before has left it, and says which one has not ended and what to do", async () => {
    const { out, first, names, ...files } = await killedSecond();
    const [, second = ""] = names("runs").map((name) => name.replace(".json", ""));
    const now = await answers(files);
    expect(stdouts(now)).toEqual(stdouts(first));
    for (const { code, stderr } of now) {
      expect(code).toBe(0);
      expect(stderr).toBe(
        `tagwarden: ${out}: an audit after that of this report, ${second}, has not ended; ` +
          `if it was cut short, tagwarden audit --resume --out ${out} carries on with it\n`,
      );
    }
    expect(first.map(({ stderr }) => stderr).join("")).toBe("");
  });

  it("holds the second audit alone once it is resumed", async () => {
    const { out, audit, report, names } = await killedSecond();
    const first = runOf(out);
    expect(await audit("--resume")).toMatchObject({ code: 1, stderr: "" });
    expect(runOf(out)).not.toBe(first);
    for (const folder of ["evaluations", "findings", "runs", "summaries"]) {
      expect(names(folder).length).toBeGreaterThan(0);
      expect(names(folder).filter((name) => name.includes(first))).toEqual([]);
    }
    expect((await report("csv")).stdout.split("\r\n").filter((row) => row.includes("ipam-"))).toHaveLength(2);
  });

  it("holds the third alone where that one was not resumed", async () => {
    const { out, audit, names, report } = await killedSecond();
    expect(await audit()).toMatchObject({ code: 1, stderr: "" });
    const [run] = names("runs");
    expect(names("runs")).toEqual([`${runOf(out)}.json`]);
    for (const name of names("evaluations")) expect(`${run}`).toContain(/\d{4}-[^.]+Z/u.exec(name)?.[0]);
    expect(await report("csv")).toMatchObject({ code: 0, stderr: "" });
  });

  it("has no report where it was the first", async () => {
    const { out, names, killed, report } = await auditFiles(emulator);
    stall();
    await killed(() => names("findings").some(isWhole));
    const { code, stderr } = await report("md");
    expect(code).toBe(2);
    expect(stderr).toContain(`${out}: its audit ${names("runs")[0]?.replace(".json", "")} has not ended`);
    expect(stderr).toContain("--resume");
  });
});

describe("an audit into a folder", () => {
  const OURS = "2020-01-01T00-00-00-000Z";
  const SHARD = "alibaba.1.cn-hangzhou.apigateway";

  it("removes what audits have left and nothing else", async () => {
    const { out, audit, names } = await auditFiles(emulator);
    const foreign = ["runs/notes.json", "runs/2020.json", "work/plan.json", "summaries/team.json"].concat(
      ["evaluations/mine.ndjson.gz", "findings/jan.json", "repairs/list.ndjson.gz", "work/run=x/shard=y/a.json"],
      [`runs/${OURS}/keep.json`, `summaries/run=${OURS}/notes.json`, `history/run=${OURS}/notes.json`],
    );
    const left = [`runs/${OURS}.json`, `evaluations/${SHARD}.${OURS}.a000001-00001.ndjson.gz`].concat(
      [`work/run=${OURS}/shard=${SHARD}/checkpoint-a000001.json`, `history/run=${OURS}/known-findings.json`],
      [`work/run=${OURS}/shard=${SHARD}/sightings-a000001-00001.ndjson`, `summaries/run=${OURS}/shard=${SHARD}/a.json`],
    );
    for (const name of [...foreign, ...left]) {
      mkdirSync(join(out, name, ".."), { recursive: true });
      writeFileSync(join(out, name), "mine");
    }
    expect((await audit()).code).toBe(1);
    for (const name of foreign) expect(readFileSync(join(out, name), "utf8")).toBe("mine");
    for (const name of left) expect(() => readFileSync(join(out, name)), name).toThrow("ENOENT");
    expect(names("runs")).toContain("notes.json");
  });

  it("names a record of an audit that is damaged", async () => {
    const { out, audit, names, report } = await auditFiles(emulator);
    await audit();
    writeFileSync(join(out, "runs", names("runs")[0] ?? ""), "{");
    for (const { code, stderr } of [await report("md"), await audit("--resume")]) {
      expect(code).toBe(2);
      expect(stderr).toMatch(/runs\/\S+\.json: is not the record of an audit; remove it/u);
    }
    rmSync(join(out, "runs"), { recursive: true });
    expect((await report("md")).code).toBe(0);
  });
});
