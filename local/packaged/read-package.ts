import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { InputError } from "../../lib/core/errors.ts";
import type { FunctionDescription, ServiceDescription } from "../service/serverless-file.ts";

/** A function as it is deployed. */
export interface PackagedFunction extends FunctionDescription {
  /** The folder of its code. */
  readonly code: string;
  /** Logical id of its role. */
  readonly role: string;
  /** Whether Lambda traces it. */
  readonly traced: boolean;
}

/** The packaged service: what the template says, and where the code is. */
export interface PackagedService extends ServiceDescription {
  readonly functions: readonly PackagedFunction[];
}

const arn = z.object({ "Fn::GetAtt": z.tuple([z.string(), z.literal("Arn")]) });
const lambda = z.object({
  FunctionName: z.string(),
  Handler: z.string(),
  Timeout: z.number(),
  MemorySize: z.number(),
  Role: arn,
  Code: z.object({ S3Key: z.string() }),
  TracingConfig: z.object({ Mode: z.string() }).optional(),
  Environment: z.object({ Variables: z.record(z.string(), z.union([z.string(), z.record(z.string(), z.unknown())])) }),
});
const mapping = z.object({
  EventSourceArn: arn,
  FunctionName: arn,
  BatchSize: z.number().default(10),
  MaximumBatchingWindowInSeconds: z.number().default(0),
  ScalingConfig: z.object({ MaximumConcurrency: z.number() }).optional(),
  FunctionResponseTypes: z.array(z.string()).default([]),
  Enabled: z.boolean().default(true),
});
const schedule = z.object({
  ScheduleExpression: z.string(),
  ScheduleExpressionTimezone: z.string().default("UTC"),
  State: z.enum(["ENABLED", "DISABLED"]).default("ENABLED"),
  Target: z.object({ Arn: arn }),
});
const template = z.object({
  Resources: z.record(
    z.string(),
    z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) }),
  ),
});

/** What the framework adds to every template for the deployment itself. */
const DEPLOYMENT = /^ServerlessDeploymentBucket/;

/** Reads a folder that `packageService` has made. Throws an InputError that names what can't be run locally. */
export function readPackage(folder: string, stage: string): PackagedService {
  const { Resources } = template.parse(JSON.parse(readFileSync(join(folder, "template.json"), "utf8")));
  const all = Object.entries(Resources).map(([logicalId, { Type, Properties }]) => ({
    logicalId,
    type: Type,
    properties: Properties,
  }));
  const read = <Value>(type: string, schema: z.ZodType<Value>): { logicalId: string; value: Value }[] =>
    all
      .filter((resource) => resource.type === type)
      .map(({ logicalId, properties }) => ({ logicalId, value: parse(logicalId, schema, properties) }));
  const mappings = read("AWS::Lambda::EventSourceMapping", mapping).map(({ value }) => value);
  const schedules = read("AWS::Scheduler::Schedule", schedule).map(({ value }) => value);

  const functions = read("AWS::Lambda::Function", lambda).map(({ logicalId, value }): PackagedFunction => {
    const name = nameOf(value.Code.S3Key);
    return {
      name,
      code: join(folder, name),
      role: value.Role["Fn::GetAtt"][0],
      traced: value.TracingConfig?.Mode === "Active",
      handler: value.Handler,
      timeoutSeconds: value.Timeout,
      memoryMb: value.MemorySize,
      environment: value.Environment.Variables,
      queues: mappings
        .filter((one) => one.Enabled && one.FunctionName["Fn::GetAtt"][0] === logicalId)
        .map((one) => ({
          queue: one.EventSourceArn["Fn::GetAtt"][0],
          batchSize: one.BatchSize,
          windowSeconds: one.MaximumBatchingWindowInSeconds,
          maximumConcurrency: one.ScalingConfig?.MaximumConcurrency ?? 1000,
          reportsFailures: one.FunctionResponseTypes.includes("ReportBatchItemFailures"),
        })),
      schedules: schedules
        .filter((one) => one.State === "ENABLED" && one.Target.Arn["Fn::GetAtt"][0] === logicalId)
        .map((one) => ({ expression: one.ScheduleExpression, timezone: one.ScheduleExpressionTimezone })),
    };
  });
  const service = read("AWS::Lambda::Function", lambda)[0]?.value.FunctionName.split(`-${stage}-`)[0] ?? "service";
  return { service, stage, functions, resources: all.filter(({ logicalId }) => !DEPLOYMENT.test(logicalId)) };
}

/** `…/enforce.zip` → `enforce`, the name under `functions` in serverless.yml. */
function nameOf(key: string): string {
  return key.slice(key.lastIndexOf("/") + 1).replace(/\.zip$/, "");
}

function parse<Value>(logicalId: string, schema: z.ZodType<Value>, properties: unknown): Value {
  const result = schema.safeParse(properties);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  throw new InputError(`serverless.yml: ${logicalId} can't be run locally: ${problems.join("; ")}`);
}

/** Whether a service was read from its package, and not from serverless.yml. */
export function isPackaged(service: ServiceDescription): service is PackagedService {
  return service.functions.every((one) => "code" in one);
}
