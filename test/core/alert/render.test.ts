import { describe, expect, it } from "vitest";
import { dingtalkBody } from "../../../lib/core/alert/render/dingtalk.ts";
import { feishuCard } from "../../../lib/core/alert/render/feishu.ts";
import { mailOf } from "../../../lib/core/alert/render/mail.ts";
import { slackBody } from "../../../lib/core/alert/render/slack.ts";
import { DIGEST, longDigest } from "./alerts.ts";

const PINGS = [
  "<!channel>",
  "<!here|x>",
  "<@U024BE7LH>",
  "@all",
  "@everyone",
  "<at id=all></at>",
  '<at user_id="all">x</at>',
];

interface Slack {
  readonly text: string;
  readonly blocks: readonly {
    readonly type: string;
    readonly text?: { readonly type: string; readonly text: string; readonly verbatim?: boolean };
    readonly elements?: readonly { readonly type: string; readonly text: string; readonly verbatim?: boolean }[];
  }[];
}
const slack = (digest: Parameters<typeof slackBody>[0]) => JSON.parse(slackBody(digest)) as Slack;
const texts = ({ blocks }: Slack) =>
  blocks.flatMap(({ text, elements = [] }) => (text === undefined ? elements : [text]));

describe("a message to Slack", () => {
  it.each(PINGS)("pings nobody where a resource is called %s", (name) => {
    const message = slack(longDigest(3, name));
    const marked = texts(message).filter(({ type }) => type === "mrkdwn");
    expect(marked.length).toBeGreaterThan(0);
    for (const { text, verbatim } of marked) {
      expect(text.replace(/<https:[^<>|]+\|Report>/u, "")).not.toMatch(/[<>]/u);
      expect(verbatim).toBe(true);
    }
    expect(message.text).not.toMatch(/[<>]/u);
  });

  it("has at most 50 blocks, 150 characters in a header and 3,000 in a text, and less in all than Slack refuses", () => {
    for (const name of ["x".repeat(60), "&<>".repeat(20)]) {
      const message = slack(longDigest(60, name));
      expect(message.blocks.length).toBeLessThanOrEqual(50);
      for (const { type, text } of message.blocks) {
        if (type === "header") expect(text?.text.length).toBeLessThanOrEqual(150);
      }
      const lengths = texts(message).map(({ text }) => text.length);
      expect(Math.max(...lengths)).toBeLessThanOrEqual(3_000);
      expect(lengths.reduce((sum, length) => sum + length, 0)).toBeLessThan(13_000);
    }
  });

  it("names how many alerts are left out, with a link to the report", () => {
    const end = texts(slack(longDigest(60, "x".repeat(60)))).at(-1)?.text ?? "";
    expect(end).toMatch(
      /^and 4,?9\d\d more: see the report · <https:\/\/reports\.example\.com\/r1\/report\.html\|Report>$/u,
    );
  });

  it("escapes a link, which ends at its own marks", () => {
    const end = texts(slack({ ...DIGEST, reportUrl: "https://x.example/a|b>c" })).at(-1)?.text;
    expect(end).toBe("<https://x.example/a%7Cb%3Ec|Report>");
  });
});

describe("a message to DingTalk", () => {
  it.each(PINGS)("mentions nobody where a resource is called %s", (name) => {
    const { markdown, at } = JSON.parse(dingtalkBody(longDigest(3, name))) as {
      readonly markdown: { readonly text: string };
      readonly at: unknown;
    };
    expect(at).toEqual({ atMobiles: [], atUserIds: [], isAtAll: false });
    expect(markdown.text).not.toMatch(/[@<>]/u);
  });

  it("makes no link and no picture of a name", () => {
    const body = dingtalkBody(longDigest(1, "![x](http://evil.example/x.png)"));
    expect(body).not.toContain("](http://evil");
    expect(body).toContain("[Report](https://reports.example.com/r1/report.html)");
  });
});

describe("a message to Feishu", () => {
  it.each(PINGS)("holds no text but plain text, whatever a resource is called: %s", (name) => {
    const tags: string[] = [];
    JSON.stringify(feishuCard(longDigest(3, name)), (key, value: unknown) => {
      if (key === "tag") tags.push(String(value));
      return value;
    });
    expect(new Set(tags)).toEqual(new Set(["plain_text", "div", "hr", "action", "button"]));
  });

  it("is green where all is resolved", () => {
    const [entry] = DIGEST.entries;
    const resolved = entry === undefined ? [] : [{ ...entry, change: "resolved" as const }];
    const counts = { ...DIGEST.counts, opened: 0, resolved: 1 };
    expect(feishuCard({ ...DIGEST, counts, entries: resolved })).toMatchObject({
      card: { header: { template: "green" } },
    });
    expect(feishuCard(DIGEST)).toMatchObject({ card: { header: { template: "red" } } });
  });
});

describe("a mail", () => {
  it("has a subject that SNS takes, whatever anything is called", () => {
    const { subject } = mailOf(longDigest(60, "ü\n\u0007".repeat(30)));
    expect(subject).toMatch(/^[A-Za-z0-9][\x20-\x7e]{1,99}$/u);
  });

  it("says what a person would want to know first", () => {
    expect(mailOf(DIGEST).text).toBe(
      [
        "tagwarden alerts: 1 new",
        "New (1)",
        "HIGH: Compliance with gateways is 40.0 %, below 95.0 %\n  180 of 300 resources under it that were judged are noncompliant.",
        "Report: https://reports.example.com/r1/report.html\n",
      ].join("\n\n"),
    );
  });

  it("puts foreign text on one line, without marks that turn its direction", () => {
    const text = mailOf(longDigest(1, "a\r\nb\u202Ec\uD800")).text;
    expect(text).not.toMatch(/[\r\u202E]|a\nb/u);
    expect(text.isWellFormed()).toBe(true);
  });
});
