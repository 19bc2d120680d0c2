import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { alertReport } from "../../../lib/app/alert/alert-report.ts";
import { type FinishedRun } from "../../../lib/app/report/survey.ts";
import { raiseAlerts } from "../../../lib/app/alert/raise-alerts.ts";
import type { Digest } from "../../../lib/core/alert/digest.ts";
import type { Change } from "../../../lib/core/alert/lifecycle.ts";
import { mailOf } from "../../../lib/core/alert/render/mail.ts";
import { troubleAlerts } from "../../../lib/core/alert/trouble-alerts.ts";
import type { AccountConfig } from "../../../lib/core/config/config.ts";
import type { AlertSettings } from "../../../lib/core/alert/settings.ts";
import { findingLine } from "../../../lib/core/report/evaluation-line.ts";
import { knownLine } from "../../../lib/core/report/known-finding.ts";
import { buildReport, type Report } from "../../../lib/core/report/report.ts";
import { summarise } from "../../../lib/core/report/summarise.ts";
import { digestId } from "../../../lib/sinks/chat/digest-id.ts";
import { memoryAlertStates } from "../../../lib/sinks/dynamo/memory-alert-states.ts";
import { memoryObjects } from "../../../lib/sinks/objects/memory.ts";
import { alertSettings, AT, HOUR } from "../../core/alert/alerts.ts";
import { breaking, NONCOMPLIANT, type Found } from "../../core/report/findings.ts";

const SHARD = "alibaba.1.cn-hangzhou.apigateway";
const OTHER = "alibaba.1.cn-hangzhou.vpcipam";
const FOUND: Found = { ...NONCOMPLIANT, account: "1", ...breaking("gateways") };
const { type, account, region, id } = FOUND;

const ALIBABA: AccountConfig = {
  provider: "alibaba",
  account: "1",
  regions: ["cn-hangzhou"],
  credentials: { accessKeyId: "env:A", accessKeySecret: "env:B" },
  mode: "enforce",
  writesPerHour: 1,
};

/** Nights of audits: each finds these resources noncompliant. Only new findings and enforcement alert here. */
function nights(types?: readonly string[], newFindings: AlertSettings["newFindings"] = "high") {
  const objects = memoryObjects();
  const states = memoryAlertStates();
  const told: (readonly [string, Change])[] = [];
  const texts: string[] = [];
  const settings = alertSettings({ compliance: [], drop: 1, newFindings });
  const deps = {
    states,
    settings,
    objects,
    ...(types !== undefined && { accounts: [{ ...ALIBABA, types }] }),
    hash: digestId,
    async dispatch(digest: Digest) {
      told.push(...digest.entries.map(({ change, alert }) => [alert.kind, change] as const));
      texts.push(mailOf(digest).text);
    },
  };
  return {
    told,
    texts,
    objects,
    pending: () => states.pending(),
    enforce: (hours: number) =>
      raiseAlerts(
        {
          event: `enforce ${hours}`,
          at: AT + hours * HOUR,
          alerts: troubleAlerts([{ type, account, region, id, kind: "rejected", code: "Full", message: "" }], "x"),
          isOver: () => false,
        },
        deps,
      ),
    audit: async (
      hours: number,
      found: readonly Found[],
      more: Partial<Report> & { shards?: FinishedRun["shards"] } = {},
    ) => {
      const { shards, ...changed } = more;
      const part = `findings/${hours}.ndjson.gz`;
      await objects.put(part, gzipSync(found.map((one) => `${findingLine(one, one)}\n`).join("")));
      const time = new Date(AT + hours * HOUR).toISOString();
      const report: Report = {
        ...buildReport({ run: `r${hours}`, startedAt: time, finishedAt: time, policyHash: "a" }, summarise(found), {
          policies: [
            { name: "gateways", severity: "high" },
            { name: "names", severity: "low" },
            { name: "routes", severity: "medium" },
          ],
        }),
        ...changed,
      };
      return alertReport(
        {
          report,
          shards: shards ?? [
            { shard: SHARD, parts: [part] },
            { shard: OTHER, parts: [] },
          ],
        },
        deps,
      );
    },
  };
}

/** The survey of a run that found these more than the run before. */
function surveyOf(newest: readonly Found[]) {
  const changes = { since: "r0", inGrace: 0, open: 0, fixed: 0, repaired: 0, gone: 0, compared: 2, shards: 2 };
  const news = newest.map((one) => ({ ...one, state: "new" as const }));
  return { findings: newest.length, worst: newest, changes: { ...changes, new: newest.length, newest: news } };
}

/** A report of a run that found these more than the run before. */
const newly = (newest: readonly Found[]) => ({ survey: surveyOf(newest) });

/** The survey of a run that found what the run before had. */
const NO_CHANGES = surveyOf([]);

describe("the alerts of night after night", () => {
  it("open a new finding once and resolve it when it is fixed", async () => {
    const { audit, told } = nights();
    await audit(0, [FOUND], newly([FOUND]));
    await audit(24, [FOUND]);
    await audit(48, []);
    expect(told).toEqual([
      ["new-finding", "opened"],
      ["new-finding", "resolved"],
    ]);
  });

  it("say of an open finding what it breaks today: less, where some of it is mended", async () => {
    const { audit, told, pending } = nights();
    await audit(0, [FOUND], newly([FOUND]));
    await audit(24, [{ ...FOUND, missing: ["name"], invalid: [], ...breaking("names") }]);
    expect(told).toEqual([["new-finding", "opened"]]);
    expect(await pending()).toMatchObject([
      { state: "open", alert: { severity: "low", text: "name is missing (policies: names)." } },
    ]);
  });

  it("tell of an open finding once more where it breaks something more severe", async () => {
    const { audit, told, texts } = nights(undefined, "medium");
    const first = { ...FOUND, ...breaking("routes") };
    await audit(0, [first], newly([first]));
    for (const hours of [24, 48]) await audit(hours, [{ ...FOUND, ...breaking("routes", "gateways") }]);
    expect(told).toEqual([
      ["new-finding", "opened"],
      ["new-finding", "escalated"],
    ]);
    expect(texts.at(-1)).toContain("(policies: routes, gateways)");
  });

  it("open one over a known finding that has none, where it breaks something severe that it didn't break before", async () => {
    const { audit, told, texts, pending } = nights();
    const backlog: Found = { ...FOUND, ...breaking("names"), state: "open" };
    const worse: Found = { ...backlog, ...breaking("names", "gateways") };
    const newlyBroken = breaking("gateways").broken;
    const oneWorse = { survey: { ...NO_CHANGES, changes: { ...NO_CHANGES.changes, newlyBroken: 1 } } };
    await audit(0, [backlog], { survey: NO_CHANGES });
    await audit(24, [worse], { survey: NO_CHANGES });
    expect(told).toEqual([]);
    await audit(48, [{ ...worse, newlyBroken }], oneWorse);
    await audit(72, [worse], { survey: NO_CHANGES });
    expect(told).toEqual([["new-finding", "opened"]]);
    expect(texts[0]).toContain("Newly broken: env (gateways).");
    expect(await pending()).toMatchObject([{ alert: { severity: "high" } }]);
    await audit(96, [], { survey: NO_CHANGES });
    expect(told.at(-1)).toEqual(["new-finding", "resolved"]);
  });

  it("open none over a known finding where what it breaks newly is not severe enough, however severe the rest is", async () => {
    const { audit, told } = nights();
    const newlyBroken = breaking("names").broken;
    const worse: Found = { ...FOUND, ...breaking("names", "gateways"), state: "open", newlyBroken };
    await audit(0, [worse], { survey: { ...NO_CHANGES, changes: { ...NO_CHANGES.changes, newlyBroken: 1 } } });
    expect(told).toEqual([]);
  });

  it("escalate an open one where it breaks something more severe newly, and open no other", async () => {
    const { audit, told } = nights(undefined, "medium");
    const first = { ...FOUND, ...breaking("routes") };
    await audit(0, [first], newly([first]));
    const newlyBroken = breaking("gateways").broken;
    const worse: Found = { ...FOUND, ...breaking("routes", "gateways"), state: "open", newlyBroken };
    await audit(24, [worse], { survey: { ...NO_CHANGES, changes: { ...NO_CHANGES.changes, newlyBroken: 1 } } });
    expect(told).toEqual([
      ["new-finding", "opened"],
      ["new-finding", "escalated"],
    ]);
  });

  it("tell again of a finding that stays when its hours are over, and of a rejected resource", async () => {
    const { audit, enforce, told } = nights();
    await audit(0, [FOUND], newly([FOUND]));
    await enforce(0);
    for (const hours of [24, 48, 72, 96]) await audit(hours, [FOUND]);
    expect(told).toEqual([
      ["new-finding", "opened"],
      ["rejected", "opened"],
      ["new-finding", "repeated"],
    ]);
  });

  it("look for severe findings among all new ones where the report had to leave some out", async () => {
    const { audit, told } = nights();
    const light: Found = { ...FOUND, id: "light", ...breaking("other"), missing: ["env", "owner"], state: "new" };
    const found: Found[] = [light, { ...FOUND, id: "old", state: "open" }, { ...FOUND, id: "grave", state: "new" }];
    const { survey } = newly([light]);
    await audit(0, found, { survey: { ...survey, changes: { ...survey.changes, new: 2 } } });
    expect(told).toEqual([["new-finding", "opened"]]);
  });

  it("say nothing of new findings after the first run, which has nothing but new ones", async () => {
    const { audit, told } = nights();
    await audit(0, [{ ...FOUND, state: "new" }]);
    expect(told).toEqual([]);
  });

  it("raise a flapping finding once", async () => {
    const { audit, told } = nights();
    for (const hours of [0, 10, 20]) {
      await audit(hours, [FOUND], newly([FOUND]));
      await audit(hours + 5, []);
    }
    expect(told).toEqual([
      ["new-finding", "opened"],
      ["new-finding", "resolved"],
    ]);
  });

  it.each([
    ["was not audited", { gaps: [{ shard: SHARD, reason: "down" }], complete: false }],
    ["was not audited for its type", { gaps: [{ shard: SHARD, type, reason: "down" }], complete: false }],
    ["is not known to be a part of the run", { shards: [] }],
    ["has a part that is gone", { shards: [{ shard: SHARD, parts: ["findings/gone.ndjson.gz"] }] }],
  ])("resolve nothing of a shard that %s", async (_, more) => {
    const { audit, told } = nights();
    await audit(0, [FOUND], newly([FOUND]));
    await audit(24, [], more);
    expect(told.filter(([kind]) => kind === "new-finding")).toEqual([["new-finding", "opened"]]);
  });

  it("resolve a finding whose account is not in the configuration any more, and say that this is why", async () => {
    const { audit, told, texts } = nights();
    await audit(0, [FOUND], newly([FOUND]));
    await audit(24, [], { shards: [{ shard: OTHER, parts: [] }] });
    expect(told).toEqual([
      ["new-finding", "opened"],
      ["new-finding", "resolved"],
    ]);
    expect(texts[1]).toContain("not in the configuration any more");
    expect(texts[0]).not.toContain("configuration");
  });

  it.each([
    ["alibaba:apigateway:*", false],
    ["alibaba:apigateway:plugin", true],
  ])("call a finding fixed only where audits look for its type: %s", async (types, isLeftOut) => {
    const { audit, told, texts } = nights([types]);
    await audit(0, [FOUND], newly([FOUND]));
    await audit(24, []);
    expect(told.at(-1)).toEqual(["new-finding", "resolved"]);
    expect(texts[1]?.includes("not in the configuration any more")).toBe(isLeftOut);
  });

  it.each([
    ["that type", new Map([[type, []]]), false],
    ["other types of its service alone", new Map([["alibaba:apigateway:other", []]]), true],
  ])("call a finding fixed only where the shard of its service has listed it: %s", async (_, known, isLeftOut) => {
    const { audit, texts } = nights();
    await audit(0, [FOUND], newly([FOUND]));
    await audit(24, [], { shards: [{ shard: SHARD, parts: [], known }] });
    expect(texts[1]?.includes("not in the configuration any more")).toBe(isLeftOut);
  });

  it("keep open what nobody judges any more of one resource, whatever else has its id", async () => {
    const { audit, told, objects } = nights();
    await audit(0, [FOUND], newly([FOUND]));
    const part = "history/known.ndjson.gz";
    const line = (ownType: string) =>
      knownLine({
        id: `name of ${ownType}`,
        firstSeen: AT,
        repair: false,
        absence: { kind: "unjudged" },
        named: { type: ownType, region, id },
      });
    const shards = [{ shard: SHARD, parts: [], known: new Map([["alibaba:*:*", [part]]]) }];
    await objects.put(part, gzipSync(`${line(type)}\n`));
    await audit(24, [], { shards });
    expect(told.at(-1)).toEqual(["new-finding", "repeated"]);
    await objects.put(part, gzipSync(`${line("alibaba:apigateway:other")}\n`));
    await audit(48, [], { shards });
    expect(told.at(-1)).toEqual(["new-finding", "resolved"]);
  });

  it("keep open what enforcement told of a type that audits are not to look for", async () => {
    const { enforce, audit, told } = nights(["alibaba:apigateway:plugin"]);
    await enforce(0);
    await audit(1, []);
    expect(told).toEqual([["rejected", "opened"]]);
  });

  it("keep open what has no region while its home's shard finds it, and resolve it when that one doesn't", async () => {
    const { audit, told, objects } = nights();
    const role = { ...FOUND, type: "aws:iam:role", region: "global", id: "arn:aws:iam::1:role/a" };
    const line = `${findingLine(role, role)}\n`;
    await objects.put("findings/home.ndjson.gz", gzipSync(line));
    const home = (parts: readonly string[]) => ({ shards: [{ shard: "aws.1.us-east-1.all", parts }] });
    await audit(0, [role], { ...newly([role]), ...home(["findings/home.ndjson.gz"]) });
    await audit(1, [], home(["findings/home.ndjson.gz"]));
    expect(told).toEqual([["new-finding", "opened"]]);
    await audit(2, [], home([]));
    expect(told).toEqual([
      ["new-finding", "opened"],
      ["new-finding", "resolved"],
    ]);
  });

  it("resolve what was audited where another shard is missing", async () => {
    const { audit, told } = nights();
    await audit(0, [FOUND], newly([FOUND]));
    await audit(24, [], { gaps: [{ shard: OTHER, reason: "down" }], complete: false });
    expect(told).toContainEqual(["new-finding", "resolved"]);
  });

  it("resolve an alert of enforcement when an audit finds its resource in order", async () => {
    const { audit, enforce, told } = nights();
    await enforce(0);
    await audit(1, [FOUND]);
    expect(told).toEqual([["rejected", "opened"]]);
    await audit(2, []);
    expect(told).toEqual([
      ["rejected", "opened"],
      ["rejected", "resolved"],
    ]);
  });

  it("keep it open through any silence while the resource is a finding", async () => {
    const { audit, enforce, told } = nights();
    await enforce(0);
    await audit(100, [FOUND]);
    expect(told).toEqual([["rejected", "opened"]]);
  });

  it("let silence end it where nobody audits the resource", async () => {
    const { audit, enforce, told } = nights();
    await enforce(0);
    await audit(23, [], { shards: [] });
    expect(told).toHaveLength(1);
    await audit(24, [], { shards: [] });
    expect(told).toContainEqual(["rejected", "resolved"]);
  });

  it("are the same when a report is published again after a crash", async () => {
    const { audit, told } = nights();
    await audit(0, [FOUND], newly([FOUND]));
    await audit(0, [FOUND], newly([FOUND]));
    expect(told).toHaveLength(1);
  });
});
