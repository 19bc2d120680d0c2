import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { Fault } from "../../../local/emulator/faults.ts";
import { runMain } from "../run-main.ts";
import { arn, GROUP, INSTANCE, IPAM, USER, useClouds } from "./clouds.ts";

const clouds = useClouds();

/** The answer to the one write is lost; of reads only the first succeeds, and those after `fails` of them. */
function lose(place: { readonly account: string }, fails?: number): void {
  const { account } = place;
  const down = { effect: "error", code: "ServiceUnavailable", httpStatus: 503 } as const;
  const reads = ["*:List*Tag*", "*:GetResources"].flatMap((action): Fault[] => [
    { match: { action, account }, effect: "delay", delayMs: 0, times: 1 },
    { match: { action, account }, ...down, ...(fails !== undefined && { times: fails }) },
  ]);
  clouds.emulator.setFaults([
    { match: { action: "*:TagResource*", account }, effect: "drop-response", times: 1 },
    { match: { action: "*:UntagResource*", account }, effect: "drop-response", times: 1 },
    ...reads,
  ]);
}

interface Row {
  readonly id: string;
  readonly key: string;
  readonly outcome: string;
  readonly unconfirmed?: true;
}

const rowsOf = (stdout: string): readonly Row[] => (JSON.parse(stdout) as { readonly tags: readonly Row[] }).tags;

function journaled(): readonly { readonly key: string; readonly unconfirmed?: true }[] {
  return readdirSync(clouds.journal, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".gz"))
    .flatMap((name) =>
      gunzipSync(readFileSync(join(clouds.journal, name)))
        .toString()
        .trim()
        .split("\n"),
    )
    .map((line) => JSON.parse(line) as { readonly key: string });
}

const PLACES = [
  ["API groups", GROUP, "g2"],
  ["IPAMs", IPAM, "ipam-1"],
  ["IAM users", USER, "u1"],
  ["EC2 instances", INSTANCE, arn("i-1")],
] as const;

const TWO = PLACES.filter(([, place]) => place === IPAM || place === USER);

describe("a write whose answer is lost", () => {
  test.each(PLACES)("of %s is read back, and what was written is said and journaled", async (_, place, id) => {
    lose(place, 0);
    const ran = await clouds.tags("set", place, "--id", id, "--tag", "team=a", "--apply");
    expect(ran.code).toBe(0);
    expect(JSON.parse(ran.stdout)).toMatchObject({ outcomes: { added: 1 }, succeeded: [id] });
    expect(journaled()).toMatchObject([{ key: "team" }]);
    expect(ran.stderr).toMatch(/^run \S+ wrote 1 tag; to take it back: /);
  });

  test.each(TWO)("and read back by a later attempt alone is a write of ours: %s", async (_, place, id) => {
    lose(place, 6);
    const ran = await clouds.tags("set", place, "--id", id, "--tag", "team=a", "--apply");
    expect(ran.code).toBe(0);
    expect(rowsOf(ran.stdout)).toEqual([{ id, key: "team", outcome: "added", value: "a" }]);
    expect(journaled().filter(({ unconfirmed }) => unconfirmed === undefined)).toMatchObject([{ key: "team" }]);
    const { run } = JSON.parse(ran.stdout) as { readonly run: string };
    const undone = await runMain([
      "undo",
      "--run",
      run,
      "--config",
      clouds.config,
      "--journal",
      clouds.journal,
      "--apply",
    ]);
    expect(JSON.parse(undone.stdout)).toMatchObject({ outcomes: { removed: 1 } });
    expect(clouds.tagsOf(id)).not.toHaveProperty("team");
  });

  test.each(TWO)("that no read ever shows can't be told, and that is said: %s", async (_, place, id) => {
    lose(place);
    const ran = await clouds.tags("set", place, "--id", id, "--tag", "team=a", "--apply", "--max-seconds", "2");
    expect(ran.code).toBe(1);
    expect(rowsOf(ran.stdout)).toMatchObject([{ id, outcome: "failed", unconfirmed: true }]);
    expect(ran.stderr).toMatch(/may have written team of .*: the answer to the call that wrote it was lost/);
    expect(journaled()).toMatchObject([{ key: "team", unconfirmed: true }]);
  });

  test("of enforce is its write too where a later attempt finds all in order", async () => {
    lose(IPAM, 6);
    const { code, json } = await clouds.enforce("--resources", clouds.resources, "--apply");
    expect(code).toBe(0);
    expect(json.resources.find(({ id }) => id === "ipam-1")).toMatchObject({
      outcome: "tagged",
      tags: expect.arrayContaining([{ key: "owner", outcome: "tagged", value: "platform" }]),
    });
  });

  test("of enforce that no read shows fails, its neighbours are tagged, and the row says what can't be told", async () => {
    lose(IPAM);
    const { code, json, stderr } = await clouds.enforce(
      "--resources",
      clouds.resources,
      "--apply",
      "--max-seconds",
      "4",
    );
    expect(code).toBe(1);
    expect(json.outcomes).toMatchObject({ failed: expect.any(Number), tagged: expect.any(Number) });
    expect(json.resources.find(({ id }) => id === "ipam-1")).toMatchObject({ outcome: "failed" });
    expect(stderr).toContain("may have written");
  });

  test("of undo that no read shows is failed, and says that it may have happened", async () => {
    const set = await clouds.tags("set", IPAM, "--id", "ipam-1", "--tag", "team=a", "--apply");
    const { run } = JSON.parse(set.stdout) as { readonly run: string };
    lose(IPAM);
    const argv = ["undo", "--run", run, "--config", clouds.config, "--journal", clouds.journal, "--apply"];
    const undone = await runMain([...argv, "--max-seconds", "4"]);
    expect(undone.code).toBe(1);
    expect(JSON.parse(undone.stdout)).toMatchObject({
      tags: [{ outcome: "failed", message: expect.stringContaining("may yet take effect") }],
    });
  });
});
