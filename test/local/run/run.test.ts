import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { OUTCOMES } from "../../../lib/core/outcome.ts";
import { loadPolicies } from "../../../lib/core/policy/load/load.ts";
import { openExplain } from "../../../lib/core/policy/explain/open.ts";
import { resourceKey, tagsFromObject } from "../../../lib/core/resource.ts";
import { allContracts } from "../../../lib/providers/index.ts";
import type { Report } from "../../../lib/core/report/report.ts";
import type { LocalResult } from "../../../local/run/result.ts";
import { runLocal } from "../../../local/run/run.ts";
import { PLANTED } from "../../../local/scenario/planted.ts";
import { createScenario } from "../../../local/scenario/scenario.ts";

const temporary = (): string => mkdtempSync(join(tmpdir(), "tagwarden-test-"));
const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);

/** So many that there is enough of everything. */
const COUNT = 360;

/** Resources whose events never arrive. */
const UNHEARD = createScenario(COUNT).resources.filter(({ unheard }) => unheard).length;

describe("the local run of the made scenario", () => {
  let result: LocalResult;
  const stages = new Set<string>();

  beforeAll(async () => {
    result = await runLocal({
      inProcess: true,
      mode: "enforce",
      resources: COUNT,
      out: temporary(),
      onProgress: ({ stage }) => stages.add(stage),
    });
  });

  it("comes out as expected, resource by resource", () => {
    expect(result.unexpected).toEqual([]);
    expect(result.failures).toEqual([]);
    expect(result.expected).toBe(true);
  });

  it("has every outcome that there is, and they sum to the resources", () => {
    expect(Object.keys(result.outcomes)).toEqual([...OUTCOMES]);
    expect(sum(result.outcomes)).toBe(COUNT);
    expect(result.resources).toBe(COUNT);
  });

  it("calls the write and read API of every provider row", () => {
    expect(Object.keys(result.calls)).toEqual(
      expect.arrayContaining([
        "alibaba:apigateway:TagResources",
        "alibaba:apigateway:ListTagResources",
        "alibaba:vpcipam:TagResources",
        "alibaba:vpcipam:ListTagResources",
        "alibaba:tag:TagResources",
        "alibaba:tag:ListTagResources",
        "alibaba:resourcecenter:SearchResources",
        "huawei:iam:TagResourceV5",
        "huawei:iam:ListResourceTagsV5",
        "huawei:apig:BatchCreateOrDeleteInstanceTags",
        "huawei:apig:ListInstanceTags",
        "huawei:tms:CreateResourceTag",
        "huawei:tms:ShowResourceTag",
        "huawei:rms:ListAllResources",
        "aws:tagging:TagResources",
        "aws:tagging:GetResources",
        "aws:iam:ListRoleTags",
        "aws:iam:ListUserTags",
        "aws:autoscaling:DescribeTags",
      ]),
    );
  });

  it("is explained as it went: the same tags missing and invalid, and the same ones written, of every resource", async () => {
    const path = "examples/local/policy.yaml";
    const { compiled } = loadPolicies([{ path, text: readFileSync(path, "utf8") }], {
      contracts: allContracts,
      hash: String,
    });
    const explain = await openExplain(compiled);
    const made = new Map(createScenario(COUNT).resources.map((one) => [resourceKey(one.resource), one]));
    const compared: Record<string, number> = {};
    for (const { outcome, code, written, lacks, ...ref } of result.ends) {
      const { resource, createdBy } = made.get(resourceKey(ref)) ?? {};
      if (resource === undefined) throw new Error(`${ref.id} was never made`);
      // Of what is gone, could not be read, or takes no tags at all, nobody has judged the tags.
      if (outcome === "gone" || (outcome === "not-applicable" && code !== undefined)) continue;
      if ((outcome === "failed" && lacks.length === 0) || code === "TagsUnreadable") continue;
      compared[outcome] = (compared[outcome] ?? 0) + 1;
      const { tags } = explain(
        { resource: { ...resource, tags: tagsFromObject(resource.tags ?? {}), event: { createdBy: createdBy ?? "" } } },
        Date.now(),
      );
      const bad = tags.filter(({ verdict }) => verdict === "missing" || verdict === "invalid");
      expect(bad.map(({ key }) => key).toSorted(), ref.id).toEqual(
        [...Object.keys(written), ...lacks.map(({ key }) => key)].toSorted(),
      );
      const writes = bad.flatMap(({ key, default: by }) => (by?.action === "write" ? [[key, by.value ?? ""]] : []));
      // What the provider refuses, and what is not to be written in this account, isn't written.
      if (outcome === "tagged" || outcome === "compliant") expect(Object.fromEntries(writes), ref.id).toEqual(written);
      else expect(Object.fromEntries(writes), ref.id).toMatchObject(written);
    }
    expect(Object.keys(compared)).toEqual(
      expect.arrayContaining(["tagged", "compliant", "exempt", "report-only", "rejected"]),
    );
    expect(sum(compared)).toBeGreaterThan(COUNT * 0.8);
  });

  it("raises compliance, overall and for every provider", () => {
    const { before, after } = result.compliance;
    expect(after ?? 0).toBeGreaterThan(before ?? 1);
    for (const { before, after } of result.byProvider) {
      expect(after.compliant / after.judged).toBeGreaterThan(before.compliant / before.judged);
    }
  });

  it("judges the same resources of AWS before and after, tagged or not, but for those deleted and created meanwhile", () => {
    const aws = createScenario(COUNT).resources.filter(
      (one) => one.resource.type.startsWith("aws:") && one.expectedCode !== "AccessDenied",
    );
    const deleted = aws.filter((one) => one.deleted).length;
    const late = aws.filter(({ resource }) => resource.visibleAfterMs !== undefined).length;
    const { before, after } = result.byProvider.find(({ name }) => name === "aws") ?? {};
    expect(deleted + late).toBeGreaterThan(0);
    expect(after?.judged).toBe((before?.judged ?? 0) - deleted + late);
  });

  it.each([
    ["alibaba", /^alibaba:(apigateway|vpcipam):/, 0.5, "alibaba:mns:queue"],
    ["huawei", /^huawei:(iam|apig):/, 0.3, "huawei:cce:nodes"],
  ])(
    "tags many kinds of %s that have no row of their own, and those that take no tags are told",
    (cloud, own, compliance, no) => {
      const kinds = createScenario(COUNT).resources.filter(
        ({ resource: { type } }) => type.startsWith(`${cloud}:`) && !own.test(type),
      );
      const written = new Set(
        kinds.filter(({ expected }) => expected === "tagged").map(({ resource }) => resource.type),
      );
      expect(written.size).toBeGreaterThanOrEqual(10);
      const report = JSON.parse(readFileSync(result.report, "utf8")) as Report;
      for (const type of written) {
        expect(report.by.type.find(({ name }) => name === type)?.compliance).toBeGreaterThan(compliance);
      }
      expect(kinds.filter(({ resource }) => resource.type === no).length).toBeGreaterThan(0);
      const untaggable = createScenario(COUNT).resources.filter(({ planted, resource, deleted }) => {
        return !deleted && planted === "a kind that takes no tags" && /:(queue|nodes)$/.test(resource.type);
      });
      expect(report.notTaggable["UnsupportedType"]).toBe(untaggable.length);
    },
  );

  it("reports, and leaves to people, a value that is too long for the tags of its kind", () => {
    const unfit = createScenario(COUNT).resources.filter((one) => one.case === "unfit");
    expect(unfit.length).toBeGreaterThan(1);
    const ids = new Set(unfit.map(({ resource }) => resource.id));
    for (const end of result.ends.filter(({ id }) => ids.has(id))) {
      expect(end).toMatchObject({ outcome: "report-only", written: {}, lacks: [{ key: "owner" }] });
    }
  });

  it("has roles, users and Auto Scaling groups that were tagged, were not, and can't be read, and each ends as it must", () => {
    const TYPES = ["aws:iam:role", "aws:iam:user", "aws:autoscaling:autoScalingGroup"];
    const natives = createScenario(COUNT).resources.filter(({ resource }) => TYPES.includes(resource.type));
    const report = JSON.parse(readFileSync(result.report, "utf8")) as Report;
    for (const type of TYPES) {
      const own = natives.filter(({ resource }) => resource.type === type);
      const [denied, readable] = [
        own.filter((one) => one.expectedCode !== undefined),
        own.filter((one) => one.expectedCode === undefined),
      ];
      expect(denied.map(({ expected }) => expected)).toContain("failed");
      expect(readable.map(({ expected }) => expected)).toContain("tagged");
      expect(report.readErrors[`${type} AccessDenied`]).toBe(denied.length);
      expect(report.by.type.find(({ name }) => name === type)?.compliance).toBeGreaterThan(0);
    }
    expect(natives.map(({ expected }) => expected)).toContain("compliant");
    expect(report.notTaggable["ServiceLinkedRole"]).toBeGreaterThan(0);
  });

  it("writes nothing when the same events come again", () => {
    expect(result.again.writes).toBe(0);
    expect(result.again.outcomes.tagged).toBeUndefined();
    expect(sum(result.again.outcomes)).toBe(COUNT - UNHEARD - (result.outcomes.failed ?? 0));
  });

  it("settles duplicates and events that create nothing, and leaves dead letters where access is denied alone", () => {
    const { sent, duplicates, notCreations, deadLetters } = result.messages;
    expect(sent).toBe(COUNT - UNHEARD + duplicates + 2);
    expect(notCreations).toBe(2);
    const { resources } = createScenario(COUNT);
    const denied = resources.flatMap(({ expected, unheard }, index) =>
      expected === "failed" && !unheard ? [index % 20 === 0 ? 2 : 1] : [],
    );
    expect(denied).not.toEqual([]);
    // What became a dead letter isn't delivered once more.
    const letters = denied.reduce((all, one) => all + one, 0);
    expect(deadLetters).toEqual({ EnforceDeadLetters: letters });
    expect(result.messages.explained).toBe(letters);
  });

  it("puts right by its audit every resource of which no event told, and the report after it says so", () => {
    expect(UNHEARD).toBeGreaterThan(2);
    expect(result.repaired).toBe(UNHEARD);
    const report = JSON.parse(readFileSync(result.report, "utf8")) as Report;
    expect(report.survey?.changes).toMatchObject({ repaired: UNHEARD, new: 0 });
  });

  it("tells every chat the same number of messages of what it found, and the one for what is severe fewer", () => {
    const { messages, changes } = result.alerts;
    const { dingtalk = 0, ...others } = messages;
    expect(Object.keys(others)).toEqual(["feishu", "slack", "webhook"]);
    expect(new Set(Object.values(others)).size).toBe(1);
    expect(dingtalk).toBeGreaterThan(0);
    expect(dingtalk).toBeLessThan(others["slack"] ?? 0);
    expect(changes["opened"]).toBeGreaterThan(5);
  });

  it("leaves the report of the last audit", () => {
    const report: unknown = JSON.parse(readFileSync(result.report, "utf8"));
    expect(report).toMatchObject({ compliance: result.compliance.after });
    expect(existsSync(result.report.replace(/json$/, "md"))).toBe(true);
  });

  it("leaves a page that compares the audits, with the findings that it links to", () => {
    const page = readFileSync(result.page, "utf8");
    expect(page).toContain("Compliance of the last 3 runs");
    const links = [...page.matchAll(/href="(findings[^"]+)"/g)].map(([, link = ""]) => link);
    expect(links.length).toBeGreaterThan(0);
    for (const link of links) expect(existsSync(join(dirname(result.page), link))).toBe(true);
  });

  it("says nowhere in its report that writing is off", () => {
    expect(JSON.parse(readFileSync(result.report, "utf8"))).toMatchObject({ mode: "enforce" });
    for (const path of [result.page, result.page.replace(/html$/, "md")]) {
      expect(readFileSync(path, "utf8")).not.toMatch(/writing is off/i);
    }
  });

  it("names the part of the audit that it couldn't see as one that was planted", () => {
    expect(result.plantedGaps.join("\n")).toContain("huawei.d0002.cn-north-4.apig");
    expect(result.gaps).toEqual([]);
  });

  it("says of everything that was planted what came of it, and each resource is planted once", () => {
    expect(result.planted.map(({ what }) => what)).toEqual([...PLANTED]);
    expect(sum(Object.fromEntries(result.planted.map(({ what, resources }) => [what, resources])))).toBe(COUNT);
    for (const { what, resources, outcomes, otherwise } of result.planted) {
      expect({ what, ended: sum(outcomes), otherwise }).toEqual({ what, ended: resources, otherwise: 0 });
    }
    const failed = result.planted.filter(({ outcomes }) => outcomes.failed !== undefined).map(({ what }) => what);
    expect(failed).toEqual(["in an account that denies access", "tags that our role may not read"]);
  });

  it("leaves a line for each resource, with the tags that it got and those that it lacks", () => {
    const lines = readFileSync(result.details, "utf8").trimEnd().split("\n");
    expect(lines.map((line): unknown => JSON.parse(line))).toEqual(result.ends);
    expect(result.ends).toHaveLength(COUNT);
    const untagged = result.ends.filter(({ id }) => id.includes("untagged-") && !id.includes("denied-"));
    const tagged = untagged.filter(({ outcome }) => outcome === "tagged");
    expect(tagged.length).toBeGreaterThan(5);
    for (const { written } of tagged) expect(Object.keys(written)).toEqual(["env", "cost-center", "owner"]);
    const spelled = result.ends.find(({ id, outcome }) => outcome === "report-only" && id.includes("other-spelling-"));
    expect(spelled?.lacks).toContainEqual(expect.objectContaining({ key: "env", code: "near-miss" }));
  });

  it("reports its progress from start to end", () => {
    expect([...stages]).toEqual([
      "start",
      "audit-before",
      "deliver",
      "enforce",
      "audit-after",
      "audit-repaired",
      "deliver-again",
      "enforce-again",
    ]);
  });
});
