import { describe, expect, test } from "vitest";
import { deploymentNotes } from "../../../lib/core/config/deployment-notes.ts";
import { parseConfig } from "../../../lib/core/config/schema.ts";

const PERFECT = {
  accounts: [
    {
      provider: "alibaba",
      account: "111122223333",
      regions: ["cn-hangzhou"],
      credentials: { accessKeyId: "LTAI1", accessKeySecret: "secret:tagwarden/alibaba#secret" } as object,
    },
    {
      provider: "aws",
      account: "444455556666",
      regions: ["us-east-1"],
      credentials: {
        roleArn: "arn:aws:iam::444455556666:role/tagwarden",
        externalId: "secret:tagwarden/aws#externalId",
      },
    },
  ],
  ingest: { signedEvents: { secrets: ["secret:tagwarden/ingest#events"] } },
  alerts: {
    channels: [
      { name: "chat", type: "slack", url: "secret:tagwarden/slack#url" },
      { name: "mail", type: "sns" },
    ],
    fallback: ["chat"],
  },
};

function notes(change: (config: typeof PERFECT) => unknown = () => undefined): readonly string[] {
  const config = structuredClone(PERFECT);
  change(config);
  return deploymentNotes(parseConfig("config.json", JSON.stringify(config)));
}

const role = (name: string) => `arn:aws:iam::444455556666:role/${name}`;
const byToken = (account: string, audience: string) => ({
  roleArn: `acs:ram::${account}:role/tagwarden`,
  oidcProviderArn: `acs:ram::${account}:oidc-provider/aws`,
  oidcToken: `web-identity:${audience}`,
});

describe("a configuration that the deployment's defaults fit", () => {
  test("gets no notes", () => expect(notes()).toEqual([]));

  test("may name a secret by its ARN", () => {
    const arn = "secret:arn:aws:secretsmanager:us-east-1:111122223333:secret:tagwarden/ingest-AbCdEf#events";
    expect(notes(({ ingest }) => (ingest.signedEvents.secrets = [arn]))).toEqual([]);
  });
});

describe("a note says which parameter or name fits", () => {
  test.each([
    ["an account", { accessKeyId: "env:ID", accessKeySecret: "env:KEY" }, '"ID", "KEY" aren\'t set'],
    ["one reference of it", { accessKeyId: "LTAI1", accessKeySecret: "env:KEY" }, '"KEY" isn\'t set'],
  ])("variables of the environment that nobody sets there, of %s", (_, credentials, says) => {
    expect(notes(({ accounts }) => Object.assign(accounts[0] ?? {}, { credentials }))).toEqual([
      expect.stringContaining(says),
    ]);
  });

  test("those of webhooks and channels as well", () => {
    expect(notes(({ ingest }) => (ingest.signedEvents.secrets = ["env:HOOK"]))).toEqual([
      expect.stringContaining('the variable "HOOK"'),
    ]);
    expect(notes(({ alerts }) => Object.assign(alerts.channels[0] ?? {}, { url: "env:CHAT" }))).toEqual([
      expect.stringContaining('the variable "CHAT"'),
    ]);
  });

  test("but not variables that a cloud sets itself, nor those of an account on this machine", () => {
    const role = { ...byToken("111122223333", "x"), oidcToken: "env:ALIBABA_CLOUD_OIDC_TOKEN" };
    expect(notes(({ accounts }) => Object.assign(accounts[0] ?? {}, { credentials: role }))).toEqual([]);
    const endpoints = { "*": "http://127.0.0.1:1" };
    const credentials = { accessKeyId: "env:ID", accessKeySecret: "env:KEY" };
    expect(notes(({ accounts }) => Object.assign(accounts[0] ?? {}, { credentials, endpoints }))).toEqual([]);
  });

  test("a role of another name", () => {
    expect(
      notes(({ accounts }) => Object.assign(accounts[1] ?? {}, { credentials: { roleArn: role("ops/tags") } })),
    ).toEqual(['accounts are entered by a role called "ops/tags": deploy with --param="accountRole=ops/tags"']);
  });

  test("roles of several names", () => {
    const [note] = notes(({ accounts }) => {
      const [, aws] = accounts;
      if (aws !== undefined) accounts.push({ ...aws, account: "7", credentials: { roleArn: role("b") } });
    });
    expect(note).toMatch(/roles called "b", "tagwarden", .* --param="accountRole=PATTERN\*"$/);
  });

  test("a token of AWS", () => {
    expect(
      notes(({ accounts }) => Object.assign(accounts[0] ?? {}, { credentials: byToken("111122223333", "a.b") })),
    ).toEqual(['AWS vouches for functions to "a.b": deploy with --param="webIdentityAudience=a.b"']);
  });

  test("tokens for several audiences", () => {
    const [note] = notes(({ accounts }) => {
      const [alibaba] = accounts;
      if (alibaba === undefined) return;
      alibaba.credentials = byToken("111122223333", "x");
      accounts.push({ ...alibaba, account: "5", credentials: byToken("5", "y") });
    });
    expect(note).toContain('one audience, and here are "x", "y"');
  });

  /** Every reference to a secret, with its name changed. */
  const renamed = (config: typeof PERFECT, name: (before: string) => string) => {
    const text = JSON.stringify(config).replaceAll(/secret:([^#"]+)/g, (_, before: string) => `secret:${name(before)}`);
    Object.assign(config, JSON.parse(text));
  };

  test("secrets of this stage alone", () => {
    const ofProd = (before: string) => before.replace("tagwarden/", "tagwarden/prod/");
    expect(notes((config) => renamed(config, ofProd))).toEqual([
      'names of secrets begin with "tagwarden/prod/": deploy with --param="secrets=tagwarden/prod"',
    ]);
  });

  test("secrets of which some belong to a stage and others don't", () => {
    const ofProd = (before: string) => before.replace("tagwarden/a", "tagwarden/prod/a");
    expect(notes((config) => renamed(config, ofProd))).toEqual([
      expect.stringMatching(/^the secrets "tagwarden\/prod\/alibaba", "tagwarden\/prod\/aws" can't be read/),
    ]);
  });

  test.each([
    [
      "an account",
      ({ accounts }: typeof PERFECT) =>
        Object.assign(accounts[0] ?? {}, { credentials: { accessKeyId: "a", accessKeySecret: "secret:cloud#s" } }),
      /^the secrets "cloud" can't be read by the functions that enter accounts: begin their names with "tagwarden\/alibaba",/,
    ],
    [
      "a webhook",
      ({ ingest }: typeof PERFECT) => (ingest.signedEvents.secrets = ["secret:tagwarden/alibaba#s"]),
      /^the secrets "tagwarden\/alibaba" can't be read by the function ingest: begin .* "tagwarden\/ingest"$/,
    ],
    [
      "a channel",
      ({ alerts }: typeof PERFECT) => (alerts.channels[0] = { name: "chat", type: "slack", url: "secret:tagwarden/x" }),
      /^the secrets "tagwarden\/x" can't be read by the function sendAlerts/,
    ],
  ])("a secret of %s that its function may not read", (_, change, says) => {
    const found = notes(change);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(says);
  });
});
