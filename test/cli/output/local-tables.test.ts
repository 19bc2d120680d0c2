import { describe, expect, test } from "vitest";
import { harmlessIo } from "../../../cli/io.ts";
import { writeLocalTables } from "../../../cli/output/local-tables.ts";
import type { LocalResult, ResourceEnd } from "../../../local/run/result.ts";
import { memoryIo } from "../run-main.ts";

const RESULT: LocalResult = {
  resources: 1200,
  outcomes: { failed: 102, rejected: 38, tagged: 575, "report-only": 158, gone: 34, exempt: 41, compliant: 252 },
  calls: { "alibaba:apigateway:TagResources": 26, "aws:tagging:TagResources": 1004 },
  writes: 575,
  compliance: { before: 0.207, after: 0.739 },
  report: ".tagwarden/local/report.json",
  page: ".tagwarden/local/report.html",
  details: ".tagwarden/local/outcomes.ndjson",
  expected: true,
  planted: [
    { what: "no tags at all", resources: 1084, outcomes: { tagged: 1084 }, otherwise: 0 },
    {
      what: "in an account that only reports",
      resources: 38,
      outcomes: { exempt: 3, compliant: 14, "report-only": 20, "not-applicable": 1 },
      otherwise: 0,
    },
    { what: "in an account that denies access", resources: 78, outcomes: { failed: 78 }, otherwise: 0 },
  ],
  ends: [],
  repaired: 38,
  byProvider: [{ name: "aws", before: { compliant: 103, judged: 442 }, after: { compliant: 320, judged: 440 } }],
  byPolicy: [{ name: "baseline", before: { compliant: 200, judged: 965 }, after: { compliant: 713, judged: 964 } }],
  gaps: [],
  plantedGaps: ["huawei.d0002.cn-north-4.apig huawei:apig:instance: APIC.7106: No permissions."],
  again: { outcomes: { compliant: 1060 }, writes: 0 },
  unexpected: [],
  messages: {
    sent: 1221,
    duplicates: 57,
    notCreations: 2,
    unreadable: [],
    deadLetters: { EnforceDeadLetters: 106 },
    explained: 106,
  },
  failures: [],
  warnings: [],
  alerts: { messages: { dingtalk: 7, slack: 19 }, changes: { opened: 46, escalated: 2, resolved: 1 } },
  durationMs: 27_340,
};

const TABLE: ResourceEnd = {
  type: "aws:dynamodb:table",
  account: "444455556666",
  region: "us-east-1",
  id: "arn:aws:dynamodb:us-east-1:444455556666:table/orders",
  outcome: "tagged",
  written: { env: "dev", owner: "alice" },
  lacks: [
    { key: "data-class", outcome: "report-only", code: "no-default", message: "the required tag has no default" },
  ],
};
const GROUP: ResourceEnd = {
  type: "alibaba:apigateway:apiGroup",
  account: "111122223333",
  region: "cn-hangzhou",
  id: "g-1",
  outcome: "rejected",
  written: {},
  lacks: [{ key: "env", outcome: "rejected", code: "TagQuota" }],
};
const INSTANCE: ResourceEnd = {
  type: "huawei:apig:instance",
  account: "d0001",
  region: "cn-north-4",
  id: "i-1",
  outcome: "not-applicable",
  written: {},
  lacks: [],
  code: "PAP5.0038",
  message: "PAP5.0038: a legacy agency can't be tagged",
};
const OWN: LocalResult = {
  ...RESULT,
  resources: 3,
  outcomes: { rejected: 1, tagged: 1, "not-applicable": 1 },
  planted: [],
  plantedGaps: [],
  ends: [INSTANCE, TABLE, GROUP],
  repaired: 0,
  messages: { ...RESULT.messages, sent: 3, duplicates: 0, notCreations: 0, deadLetters: {}, explained: 0 },
};

async function printed(result: LocalResult, columns: number, env: Readonly<Record<string, string>> = {}) {
  const { io, stdout } = memoryIo({ terminal: true, columns, env: { TERM: "dumb", ...env } });
  await writeLocalTables(result, harmlessIo(io));
  return stdout();
}

const widest = (text: string): number => Math.max(...text.split("\n").map((line) => line.length));

describe("what local prints of somebody's own events", () => {
  test("tells apart what was tagged and still lacks something, row by row and in the sum", async () => {
    const text = await printed(OWN, 200);
    expect(text).toMatch(/table\/orders +tagged, still noncompliant +env=dev/);
    expect(text).toMatch(/outcomes +3 resources: .*1 tagged and still noncompliant/);
  });

  test("says that nothing was created", async () => {
    const none = { ...OWN, resources: 0, outcomes: {}, ends: [] };
    const text = await printed(none, 80);
    expect(text).toMatch(/^No event of the recording created anything that is tagged; `tagwarden events` says why\.\n/);
    expect(text).toMatch(/^outcomes +0 resources$/m);
  });
});

describe("what local prints of the made scenario", () => {
  test("stands beside what was planted, at 80 columns", async () => {
    const text = await printed(RESULT, 80, { npm_lifecycle_event: "start" });
    expect(widest(text)).toBeLessThanOrEqual(80);
    expect(text).toMatchInlineSnapshot(`
      "planted                          as planned      what happened
      no tags at all                   1,084 of 1,084  1,084 tagged
      in an account that only reports  38 of 38        20 report-only, 14 compliant, 3
                                                       exempt, 1 not-applicable
      in an account that denies        78 of 78        78 failed
      access

      provider  before               after
      aws       23.3 % (103 of 442)  72.7 % (320 of 440)

      policy    before               after
      baseline  20.7 % (200 of 965)  73.9 % (713 of 964)

      outcomes      1,200 resources: 575 tagged, 252 compliant, 158 report-only, 102
                    failed, 41 exempt, 38 rejected, 34 gone
      events        1,221 sent, 57 of them twice; 2 created nothing
      dead letters  106, all of them of what was planted to fail
      calls         1,030 of 2 kinds
      repaired      38 resources whose events never arrived, found by the audit
      not audited   huawei.d0002.cn-north-4.apig huawei:apig:instance: APIC.7106: No
                    permissions. (planted)
      same again    0 resources written to by a second delivery
      alerts        46 opened, 2 sent again, 1 resolved; 26 messages to 2 chats
      took          27.3 s, everything as expected
      compliance    20.7 % before, 73.9 % after
      report        .tagwarden/local/report.html
      next          npm start -- --events YOUR-EVENTS.json
      "
    `);
  });

  test("says why a policy has matched nothing, under its row and within 80 columns", async () => {
    const nobody = { compliant: 0, judged: 0 };
    const note = `matched nothing: types ${"aws:ec2:instances or ".repeat(5)}aws:ec2:volumes`;
    const dead = { name: "dead", before: nobody, after: nobody, note };
    const text = await printed({ ...RESULT, byPolicy: [...RESULT.byPolicy, dead] }, 80);
    expect(widest(text)).toBeLessThanOrEqual(80);
    expect(text).toMatch(/\ndead +– +–\ndead: matched nothing: types aws:ec2:instances or [^\n]+\n {2}aws:/);
  });

  test("needs fewer lines at 120 columns", async () => {
    const text = await printed(RESULT, 120, { npm_lifecycle_event: "start" });
    expect(text).toMatchInlineSnapshot(`
      "planted                           as planned      what happened
      no tags at all                    1,084 of 1,084  1,084 tagged
      in an account that only reports   38 of 38        20 report-only, 14 compliant, 3 exempt, 1 not-applicable
      in an account that denies access  78 of 78        78 failed

      provider  before               after
      aws       23.3 % (103 of 442)  72.7 % (320 of 440)

      policy    before               after
      baseline  20.7 % (200 of 965)  73.9 % (713 of 964)

      outcomes      1,200 resources: 575 tagged, 252 compliant, 158 report-only, 102
                    failed, 41 exempt, 38 rejected, 34 gone
      events        1,221 sent, 57 of them twice; 2 created nothing
      dead letters  106, all of them of what was planted to fail
      calls         1,030 of 2 kinds
      repaired      38 resources whose events never arrived, found by the audit
      not audited   huawei.d0002.cn-north-4.apig huawei:apig:instance: APIC.7106: No
                    permissions. (planted)
      same again    0 resources written to by a second delivery
      alerts        46 opened, 2 sent again, 1 resolved; 26 messages to 2 chats
      took          27.3 s, everything as expected
      compliance    20.7 % before, 73.9 % after
      report        .tagwarden/local/report.html
      next          npm start -- --events YOUR-EVENTS.json
      "
    `);
  });

  test("says of failures that were planted nothing that looks like one that wasn't", async () => {
    const text = await printed(RESULT, 80);
    expect(text).not.toContain("NOT");
    const otherwise = { ...RESULT.planted[0], what: "no tags at all", resources: 9, outcomes: { failed: 9 } };
    const wrong = { ...RESULT, expected: false, planted: [{ ...otherwise, otherwise: 2 }] };
    expect(await printed(wrong, 80)).toMatch(/no tags at all +7 of 9 +9 failed\n[^]*NOT as expected[^]*stands above/);
  });

  test("names dead letters that no failed resource explains", async () => {
    const messages = { ...RESULT.messages, explained: 104 };
    expect(await printed({ ...RESULT, messages, expected: false }, 80)).toContain("106, and 104 should be there");
  });
});

describe("what local prints of somebody's own events or policies", () => {
  test("is each resource with the tags it got, what it lacks and why, at 80 columns", async () => {
    const text = await printed(OWN, 80);
    expect(widest(text)).toBeLessThanOrEqual(80);
    expect(text).toMatchInlineSnapshot(`
      "resource            outcome             tags written        still lacks, and
                                                                  why
      alibaba:            rejected            –                   env: TagQuota
      apigateway:
      apiGroup g-1
      arn:aws:dynamodb:   tagged, still       env=dev,            data-class: the
      us-east-1:          noncompliant        owner=alice         required tag has
      444455556666:                                               no default
      table/orders
      huawei:apig:        not-applicable      –                   PAP5.0038: a
      instance i-1                                                legacy agency
                                                                  can't be tagged

      provider  before               after
      aws       23.3 % (103 of 442)  72.7 % (320 of 440)

      policy    before               after
      baseline  20.7 % (200 of 965)  73.9 % (713 of 964)

      outcomes      3 resources: 1 not-applicable, 1 tagged and still noncompliant, 1
                    rejected
      events        3 sent, 0 of them twice; 0 created nothing
      dead letters  none
      calls         1,030 of 2 kinds
      same again    0 resources written to by a second delivery
      alerts        46 opened, 2 sent again, 1 resolved; 26 messages to 2 chats
      took          27.3 s, everything as expected
      compliance    20.7 % before, 73.9 % after
      report        .tagwarden/local/report.html
      next          tagwarden init
      "
    `);
  });

  test("is one line for each resource where there is room", async () => {
    expect(await printed(OWN, 160)).toMatchInlineSnapshot(`
      "resource                                              outcome                     tags written          still lacks, and why
      alibaba:apigateway:apiGroup g-1                       rejected                    –                     env: TagQuota
      arn:aws:dynamodb:us-east-1:444455556666:table/orders  tagged, still noncompliant  env=dev, owner=alice  data-class: the required tag has no default
      huawei:apig:instance i-1                              not-applicable              –                     PAP5.0038: a legacy agency can't be tagged

      provider  before               after
      aws       23.3 % (103 of 442)  72.7 % (320 of 440)

      policy    before               after
      baseline  20.7 % (200 of 965)  73.9 % (713 of 964)

      outcomes      3 resources: 1 not-applicable, 1 tagged and still noncompliant, 1
                    rejected
      events        3 sent, 0 of them twice; 0 created nothing
      dead letters  none
      calls         1,030 of 2 kinds
      same again    0 resources written to by a second delivery
      alerts        46 opened, 2 sent again, 1 resolved; 26 messages to 2 chats
      took          27.3 s, everything as expected
      compliance    20.7 % before, 73.9 % after
      report        .tagwarden/local/report.html
      next          tagwarden init
      "
    `);
  });

  test("names the first forty, and the file that has the others", async () => {
    const ends = Array.from({ length: 1041 }, (_, n): ResourceEnd => ({ ...GROUP, id: `group-${n}` }));
    const text = await printed({ ...OWN, ends }, 120);
    expect(text.match(/group-\d+/g)).toHaveLength(40);
    expect(text).toContain("… and 1,001 more, in .tagwarden/local/outcomes.ndjson\n");
  });

  test("ends with compliance, the report, and what to try next", async () => {
    const lines = (await printed(OWN, 80, { npm_lifecycle_event: "start" })).trimEnd().split("\n").slice(-3);
    expect(lines).toEqual([
      "compliance    20.7 % before, 73.9 % after",
      "report        .tagwarden/local/report.html",
      "next          npm run -s tagwarden -- init",
    ]);
  });
});
