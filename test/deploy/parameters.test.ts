import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { describe, expect, it } from "vitest";
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

function problems({ param = [], stage = "dev", params = ours, isDeployed = false, serviceDir = "." }: Deployment) {
  const framework = {
    serviceDir,
    service: { provider: { stage } },
    processedInput: { commands: ["package"], options: { param } },
    configurationInput: { params },
    classes: { Error },
  };
  return parameterProblems(framework, isDeployed);
}

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
