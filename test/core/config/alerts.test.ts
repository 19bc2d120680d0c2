import { describe, expect, it } from "vitest";
import type { Config } from "../../../lib/core/config/config.ts";
import { parseConfig } from "../../../lib/core/config/schema.ts";

const ACCOUNTS = `accounts:
  - { provider: aws, account: "444455556666", regions: [us-east-1] }
`;
const CHANNEL = '{ name: platform, type: slack, url: "secret:tagwarden/slack#url" }';

const parse = (alerts: string): Config => parseConfig("config.yaml", `${ACCOUNTS}alerts:\n${alerts}`);
const alerts = (channel = CHANNEL, more = ""): string =>
  `  channels:\n    - ${channel}\n  fallback: [platform]\n${more}`;
function problem(text: string): string {
  try {
    parse(text);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return "none";
}

describe("the alerts of a configuration", () => {
  it("are absent unless they are asked for", () => {
    expect(parseConfig("config.yaml", ACCOUNTS).alerts).toBeUndefined();
  });

  it("need no more than a channel and a fallback", () => {
    expect(parse(alerts()).alerts).toMatchObject({
      channels: [{ name: "platform", type: "slack", leastSeverity: "low" }],
      routes: [],
      ownerTags: ["owner", "team"],
      compliance: [{ severity: "high", below: 0.95 }, { severity: "medium" }, { severity: "low" }],
      repeatHours: { high: 72, medium: 168, low: 336 },
      newFindings: "high",
    });
  });

  it("may change the hours of one severity", () => {
    expect(parse(alerts(CHANNEL, "  repeatHours: { high: 4 }")).alerts?.repeatHours).toEqual({
      high: 4,
      medium: 168,
      low: 336,
    });
  });

  it.each([
    [
      "a literal URL, which is a secret",
      '{ name: platform, type: slack, url: "https://hooks.slack.com/services/T/B/x" }',
      "config.yaml:5:43: alerts.channels[0].url is a literal secret",
    ],
    [
      "a literal secret",
      '{ name: platform, type: webhook, url: "env:U", secret: "hunter2" }',
      "alerts.channels[0].secret is a literal secret",
    ],
    [
      "a webhook without a secret",
      '{ name: platform, type: webhook, url: "env:U" }',
      "alerts.channels[0].secret is missing",
    ],
    [
      "an unknown type",
      '{ name: platform, type: teams, url: "env:U" }',
      "must be slack, dingtalk, feishu, webhook or sns",
    ],
    [
      "a misspelt field",
      '{ name: platform, type: slack, url: "env:U", leastSeverty: high }',
      'unknown key "leastSeverty" (did you mean "leastSeverity"?)',
    ],
    ["a name that is none", '{ name: "a b", type: slack, url: "env:U" }', "alerts.channels[0].name must be letters"],
    ["a topic that is none", '{ name: platform, type: sns, topicArn: "topic" }', "must be the ARN of a topic"],
  ])("refuse %s, and say where it stands", (_, channel, message) => {
    const said = problem(alerts(channel));
    expect(said).toContain(message);
    expect(said).toMatch(/^config\.yaml:\d+:\d+: /u);
    expect(said).not.toMatch(/hunter2|services\/T/u);
  });

  it("take a literal URL and secret for this machine", () => {
    const local = '{ name: platform, type: webhook, url: "http://127.0.0.1:9/x", secret: "local" }';
    expect(problem(alerts(local))).toBe("none");
  });

  it("refuse a channel that isn't there, in the fallback and in routes", () => {
    const said = problem(
      `  channels: [${CHANNEL}]\n  fallback: [platfrom]\n  routes: [{ owners: ["*"], channels: [pay] }]`,
    );
    expect(said).toContain("config.yaml:5:14: alerts.fallback[0] names no channel; there are platform");
    expect(said).toContain("alerts.routes[0].channels[0] names no channel");
  });

  it("refuse two channels of one name", () => {
    expect(problem(`  channels: [${CHANNEL}, ${CHANNEL}]\n  fallback: [platform]`)).toContain("stands there twice");
  });

  it.each([
    ["  compliance: [{ below: 95 }]", "0.95 for 95 %"],
    ["  drop: -1", "must be from 0 to 1"],
    ["  quietHours: 100000", "at most a year"],
    ["  flapHours: 169", "at most a week"],
    ['  reportUrl: "ftp://x"', "must be a URL"],
    ["  newFindings: severe", "must be one of low, medium, high, none"],
  ])("refuse %s", (line, message) => {
    expect(problem(alerts(CHANNEL, line))).toContain(message);
  });
});
