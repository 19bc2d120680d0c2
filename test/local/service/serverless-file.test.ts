import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { InputError } from "../../../lib/core/errors.ts";
import { readServerlessFile } from "../../../local/service/serverless-file.ts";
import type { VariableSources } from "../../../local/service/serverless-variables.ts";

const sources: VariableSources = { stage: "local", params: {}, variables: {}, options: {} };

const perfect = `
service: demo
params:
  default: { mode: enforce, policies: "s3://\${self:service}/p.json" }
  quiet: { mode: report }
provider:
  name: aws
  timeout: 9
  environment:
    MODE: \${param:mode}
    LEVEL: \${env:LEVEL, 'INFO'}
functions:
  work:
    handler: functions/work.handler
    environment:
      QUEUE: !Ref Queue
      POLICIES: \${param:policies}
      TEXT: !Sub "\${Queue}/x"
    events:
      - sqs: { arn: !GetAtt Queue.Arn, batchSize: 100, functionResponseType: ReportBatchItemFailures }
      - schedule: { method: scheduler, rate: cron(0 2 * * ? *), timezone: Asia/Shanghai }
resources:
  Resources:
    Queue:
      Type: AWS::SQS::Queue
      Properties: { VisibilityTimeout: 60 }
`;

function read(text: string, change: Partial<VariableSources> = {}) {
  const path = join(mkdtempSync(join(tmpdir(), "tagwarden-")), "serverless.yml");
  writeFileSync(path, text);
  return readServerlessFile(path, { ...sources, ...change });
}

describe("serverless.yml", () => {
  it("says which queue feeds a function, and how", () => {
    expect(read(perfect).functions[0]?.queues).toEqual([
      { queue: "Queue", batchSize: 100, windowSeconds: 0, maximumConcurrency: 1000, reportsFailures: true },
    ]);
  });

  it("says when a function runs by itself", () => {
    expect(read(perfect).functions[0]?.schedules).toEqual([
      { expression: "cron(0 2 * * ? *)", timezone: "Asia/Shanghai" },
    ]);
  });

  it("joins the provider's environment with the function's, references left for later", () => {
    expect(read(perfect).functions[0]?.environment).toEqual({
      MODE: "enforce",
      LEVEL: "INFO",
      QUEUE: { Ref: "Queue" },
      POLICIES: "s3://demo/p.json",
      TEXT: { "Fn::Sub": "${Queue}/x" },
    });
  });

  it("takes a parameter from the caller, then the stage, then the default", () => {
    const mode = (change: Partial<VariableSources>) => read(perfect, change).functions[0]?.environment["MODE"];
    expect(mode({})).toBe("enforce");
    expect(mode({ stage: "quiet" })).toBe("report");
    expect(mode({ stage: "quiet", params: { mode: "given" } })).toBe("given");
  });

  it("prefers a variable that is set to its default", () => {
    expect(read(perfect, { variables: { LEVEL: "DEBUG" } }).functions[0]?.environment["LEVEL"]).toBe("DEBUG");
  });

  it("uses the provider's timeout where a function has none", () => {
    expect(read(perfect).functions[0]?.timeoutSeconds).toBe(9);
  });

  it("refuses a variable that nothing gives a value", () => {
    expect(() => read(perfect.replace("${env:LEVEL, 'INFO'}", "${env:LEVEL}"))).toThrow(
      new InputError("serverless.yml: ${env:LEVEL} has no value and no default."),
    );
  });

  it("refuses a variable that refers to itself", () => {
    expect(() => read(perfect.replace("mode: enforce", 'mode: "${param:mode}"'))).toThrow(/refers to itself/);
  });

  it("refuses a kind of event that it can't run, and names its place", () => {
    expect(() => read(perfect.replace("- schedule: {", "- websocket: {"))).toThrow(
      /can't be run locally: functions\.work\.events\.1/,
    );
  });

  it("refuses YAML that is broken, with its line", () => {
    expect(() => read(`${perfect}\n  - [`)).toThrow(/at line \d+, column \d+/);
  });

  it("refuses a file that isn't there", () => {
    expect(() => readServerlessFile("/nowhere/serverless.yml", sources)).toThrow(
      /\/nowhere\/serverless\.yml can't be read/,
    );
  });

  it("can run the service that is deployed", () => {
    const service = readServerlessFile("serverless.yml", sources);
    expect(service.functions.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["ingest", "enforce", "startAudit", "auditShard", "publishReport"]),
    );
  });
});
