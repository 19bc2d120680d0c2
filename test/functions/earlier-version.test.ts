import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { LONGEST_DELAY_SECONDS } from "../../lib/app/ports/messages.ts";
import type { Report } from "../../lib/core/report/report.ts";
import { objectJournal } from "../../lib/sinks/objects/journal.ts";
import { openDeployment, type Deployment, type KeptDeployment } from "../fixtures/earlier-version/deployment.ts";
import { readKept } from "../fixtures/earlier-version/kept.ts";
import { asBefore, reportAsBefore } from "../fixtures/earlier-version/lines.ts";
import { after, before, POLICY, RESOURCES, RUNS, TAGGED } from "../fixtures/earlier-version/story.ts";

/** What a deployment has come to that doesn't depend on when, or in how many steps. */
async function endOf(deployment: Deployment) {
  const reports = await Promise.all(RUNS.map((run) => deployment.object(`reports/run=${run}/report.json`)));
  const lines = await Promise.all(RUNS.map((run) => deployment.lines(`evaluations/run=${run}/`)));
  return {
    tags: deployment.tags(),
    told: deployment.told(),
    lines,
    listings: deployment.emulator.calls()["alibaba:apigateway:DescribeApiGroups"] ?? 0,
    reports: reports.map((body) => {
      const report = JSON.parse(new TextDecoder().decode(body)) as Report;
      return { ...report, finishedAt: "", calls: "", rows: "" };
    }),
  };
}

type Said = Awaited<ReturnType<typeof endOf>>["reports"][number];

/** A report that differs only in how many of its shards were compared with the run before. */
function withCompared(report: Said | undefined, compared: number) {
  const changes = report?.survey?.changes;
  return { ...report, survey: { ...report?.survey, changes: { ...changes, compared } } };
}

describe.each(["before-rooms"])("what the version %s has begun", (version) => {
  let kept: KeptDeployment;
  let deployment: Deployment;
  let end: Awaited<ReturnType<typeof endOf>>;
  let undisturbed: Awaited<ReturnType<typeof endOf>>;

  beforeAll(async () => {
    const root = process.cwd();
    const whole = await openDeployment({ root, policy: POLICY, resources: RESOURCES });
    // Only Date is moved: queues deliver by it, and functions remember by it how long ago they were refused.
    vi.useFakeTimers({ toFake: ["Date"], shouldAdvanceTime: true });
    await before(whole);
    // As a deployment takes its time: what is to be sent again has arrived, and access is asked for anew.
    vi.setSystemTime(Date.now() + LONGEST_DELAY_SECONDS * 1_000);
    await after(whole);
    vi.useRealTimers();
    undisturbed = await endOf(whole);
    await whole.close();

    kept = readKept(version, "deployment");
    deployment = await openDeployment({ root, policy: POLICY, resources: RESOURCES, kept });
    await deployment.restore(kept);
    await after(deployment);
    end = await endOf(deployment);
  });
  afterAll(() => deployment.close());

  it("is every kind of message, and an audit in the middle of its resources", () => {
    const all = Object.values(kept.messages).flat();
    for (const part of ["resource.found", "ActionTrail", '"checkpoint":', '"kind":"digest"', '"kind":"raised"']) {
      expect(
        all.some(({ body }) => body.includes(part)),
        part,
      ).toBe(true);
    }
    expect(all.some(({ sendCount }) => sendCount === "1")).toBe(true);
    expect(Object.keys(kept.objects).filter((name) => name.startsWith("work/"))).toHaveLength(2);
  });

  it("ends in the same tags", () => {
    expect(end.tags).toEqual(undisturbed.tags);
    for (const id of ["new-throttled", "new-refused", "new-waiting"])
      expect(end.tags[id]).toMatchObject({ env: "dev" });
  });

  it("is audited to the same evaluations and reports, in the run under way and in the next", () => {
    const [linesUnderWay = [], ...others] = end.lines;
    const [undisturbedUnderWay = [], ...undisturbedOthers] = undisturbed.lines;
    // A part of the run under way was written by that version.
    expect(linesUnderWay.map(asBefore)).toEqual(undisturbedUnderWay.map(asBefore));
    expect(others).toEqual(undisturbedOthers);
    const [underWay, next] = undisturbed.reports;
    // Its run had no listings of IAM and Auto Scaling of their own: what they show next is compared with nothing.
    const [endUnderWay = {}, endNext] = end.reports;
    expect(reportAsBefore(endUnderWay)).toEqual(reportAsBefore(underWay ?? {}));
    // Its policies were compiled with the limits that it knew.
    const { policyHash } = endNext ?? {};
    expect(endNext).toEqual({ ...withCompared(next, 4), policyHash });
  });

  it("goes on from its checkpoint, whose listing is not read again", () => {
    expect(3 * end.listings).toBe(undisturbed.listings);
  });

  it("is told to the same effect", () => {
    expect(end.told).toEqual(undisturbed.told);
  });

  it("stands in a journal that can be read", async () => {
    const journal = objectJournal(deployment.journal);
    const runs = await journal.runs();
    const entries = await Promise.all(runs.map((run) => journal.read(run)));
    expect(entries.flat().filter((entry) => entry?.id === TAGGED)).toMatchObject([
      { id: TAGGED, key: "env", value: "dev" },
      { id: TAGGED, key: "team", value: "team-0" },
    ]);
  });
});
