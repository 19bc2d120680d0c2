import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { afterAll, describe, expect, it } from "vitest";
import { WEBHOOK_SENDERS } from "../../lib/core/config/sender.ts";
import { takesWebhooks } from "../../setup/webhooks.ts";
import { parameterProblems } from "../../setup/check-parameters.ts";
import { packageService, PACKAGING_MS } from "./packaged.ts";

type Parameters = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const { params: ours } = parse(readFileSync("serverless.yml", "utf8"), { logLevel: "silent" }) as {
  readonly params: Parameters;
};

interface Deployment {
  readonly param?: readonly string[];
  readonly stage?: string;
  readonly params?: Parameters;
  readonly isDeployed?: boolean;
  readonly serviceDir?: string;
}

function frameworkOf({ param = [], stage = "dev", params = ours, serviceDir = "." }: Deployment) {
  return {
    serviceDir,
    service: { provider: { stage } },
    processedInput: { commands: ["package"], options: { param } },
    configurationInput: { params },
    classes: { Error },
  };
}

const problems = ({ isDeployed = false, ...deployment }: Deployment): readonly string[] =>
  parameterProblems(frameworkOf(deployment), isDeployed);

describe("the parameters of a deployment", () => {
  it("are fine as serverless.yml has them, for any stage", () => {
    expect(problems({ stage: "prod" })).toEqual([]);
  });

  it.each([
    ["a misspelled switch", "mod=report", /^mod: there is no such parameter; there are policies, config, mode, /],
    ["a mode that no function knows", "mode=off", /^mode: must be enforce or report$/],
    ["a list where one organization is meant", "organizationId=o-a,o-b", /^organizationId: must be none, or/],
    ["a role's ARN", "accountRole=arn:aws:iam::111122223333:role/x", /^accountRole: must be the name of a role/],
    ["a bucket without a key", "policies=s3://bucket", /^policies: must be s3:/],
    ["a path from the root", "config=/etc/config.json", /^config: must be s3:/],
    ["a wildcard of secrets", "secrets=*", /^secrets: must be how names of secrets begin/],
    ["an empty folder of secrets", "secrets=tagwarden/", /^secrets: must be how names of secrets begin/],
    ["a share of all", "auditReads=1", /^auditReads: must be a number above 0 and below 1/],
    ["fewer at once than SQS takes", "enforceConcurrency=1", /^enforceConcurrency: must be a whole number from 2/],
    [
      "more deliveries than a function would start with",
      "maxReceiveCount=1000",
      /must be a whole number from 1 to 999$/,
    ],
    ["a time that is over", "waitHours=-1", /^waitHours: must be a number from 0 to 999.999$/],
    ["a webhook that isn't sure", "webhooks=maybe", /^webhooks: must be auto, yes or no$/],
    ["events that one isn't sure of", "experimentalEvents=maybe", /^experimentalEvents: must be yes or no$/],
    ["an empty audience", "webIdentityAudience= ", /^webIdentityAudience: must be none, or an audience/],
  ])("are refused with %s", (_, param, says) => {
    expect(problems({ param: [param] })).toEqual([expect.stringMatching(says)]);
  });

  it.each([
    "accountRole=ops/tags",
    "accountRole=tagwarden*",
    "webIdentityAudience=sts.aliyuncs.com",
    "organizationId=o-a1b2c3d4e5",
    "secrets=tagwarden/prod",
  ])("may be what the notes and the pages tell: %s", (param) => {
    expect(problems({ param: [param] })).toEqual([]);
  });

  it("are all looked at, so that each mistake is named at once", () => {
    expect(problems({ param: ["mod=report", "mode=off", "auditReads=2"] })).toHaveLength(3);
  });

  it("may be those of a stage, which are held to the same", () => {
    const params = { ...ours, prod: { mode: "reprot" } };
    expect(problems({ params, stage: "prod" })).toEqual(["mode: must be enforce or report"]);
    expect(problems({ params, stage: "prod", param: ["mode=report"] })).toEqual([]);
  });

  it("are missed for a stage that is not among those that have some", () => {
    expect(problems({ params: { ...ours, prod: {} }, stage: "prd" })).toEqual([
      "stage prd: serverless.yml has parameters for prod alone; add `prd: {}` to its params if you mean a new one",
    ]);
  });

  it("name files that are there when they are deployed, and say how to make them", () => {
    expect(problems({ isDeployed: true, serviceDir: "test" })).toEqual([
      "policies: deploy/policies.json isn't there; make it with `tagwarden policy compile --out deploy/policies.json`",
      "config: deploy/config.json isn't there; make it with `tagwarden config compile --out deploy/config.json`",
    ]);
    expect(problems({ isDeployed: true, param: ["policies=s3://b/settings/p.json", "config=package.json"] })).toEqual(
      [],
    );
  });

  it("name a file that its owner alone may read, since Lambda could not", () => {
    const serviceDir = mkdtempSync(join(tmpdir(), "tagwarden-test-"));
    writeFileSync(join(serviceDir, "p.json"), "{}", { mode: 0o600 });
    const param = ["policies=p.json", "config=s3://b/settings/c.json"];
    expect(problems({ isDeployed: true, serviceDir, param })).toEqual([
      "policies: p.json can be read by its owner alone; `chmod a+r p.json` lets Lambda read it",
    ]);
    chmodSync(join(serviceDir, "p.json"), 0o644);
    expect(problems({ isDeployed: true, serviceDir, param })).toEqual([]);
    rmSync(serviceDir, { recursive: true });
  });

  it("stop the packaging", { timeout: PACKAGING_MS }, async () => {
    await expect(packageService("dev", { mod: "report" })).rejects.toThrow(
      /parameters: mod: there is no such parameter/,
    );
  });
});

describe("a stage that doesn't exist", () => {
  it.each(["../x", "no stage"])("%j is refused with a sentence", { timeout: PACKAGING_MS }, async (stage) => {
    await expect(packageService(stage)).rejects.toThrow(/stage/i);
  });
});

describe("whether webhooks are taken in", () => {
  const folder = mkdtempSync(join(tmpdir(), "tagwarden-test-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const write = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return `config=${name}`;
  };
  const taken = (...param: string[]) => takesWebhooks(frameworkOf({ param, serviceDir: folder }));

  it.each(WEBHOOK_SENDERS)("is told by the configuration, where it names a sender: %s", (sender) => {
    expect(taken(write("one.json", JSON.stringify({ accounts: [], ingest: { [sender]: {} } })))).toBe(true);
  });

  it.each([
    ["no webhooks", { accounts: [] }],
    ["an address alone", { accounts: [], ingest: { url: "https://hooks.example.com" } }],
    ["nothing that can be read so", []],
  ])("is not where it has %s", (_, config) => expect(taken(write("none.json", JSON.stringify(config)))).toBe(false));

  it("is not where there is no configuration, which a deployment is refused for", () => {
    expect(taken("config=gone.json")).toBe(false);
  });

  it("is what the parameter says, whatever the configuration", () => {
    const none = write("none.json", "{}");
    expect(taken(none, "webhooks=yes")).toBe(true);
    const one = write("one.json", JSON.stringify({ ingest: { signedEvents: {} } }));
    expect(taken(one, "webhooks=no")).toBe(false);
    expect(taken("config=s3://b/settings/c.json", "webhooks=no")).toBe(false);
  });

  it("has to be said where the configuration lies in S3", () => {
    expect(taken("config=s3://b/settings/c.json")).toEqual({
      problem: expect.stringMatching(/^webhooks: packaging doesn't look into s3:.*--param="webhooks=yes" or/),
    });
  });

  it("can't be told of a configuration that is none", () => {
    expect(taken(write("bad.json", "{"))).toEqual({
      problem: expect.stringMatching(/^config: bad.json is no compiled/),
    });
  });

  it("stops the packaging where it can't be told", { timeout: PACKAGING_MS }, async () => {
    await expect(packageService("dev", { webhooks: "auto", config: "s3://b/settings/c.json" })).rejects.toThrow(
      /parameters: webhooks: packaging doesn't look into s3:/,
    );
  });
});
