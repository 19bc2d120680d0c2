import { readFileSync } from "node:fs";
import * as z from "zod";
import { InputError, messageOf } from "../../lib/core/errors.ts";
import { parseCloudFormationYaml } from "./cloudformation-yaml.ts";
import { resolveVariables, type VariableSources } from "./serverless-variables.ts";

/** A CloudFormation value: text, or a reference that is resolved once the resources exist. */
export type TemplateValue = string | number | boolean | { readonly [intrinsic: string]: unknown };

/** An SQS queue that feeds a function. Defaults are those of Lambda. */
export interface QueueMapping {
  readonly queue: string;
  readonly batchSize: number;
  readonly windowSeconds: number;
  readonly maximumConcurrency: number;
  /** Whether the function's answer says which messages failed; otherwise an answer acknowledges all of them. */
  readonly reportsFailures: boolean;
}

export interface FunctionSchedule {
  /** `rate(…)` or `cron(…)`, as EventBridge Scheduler has them. */
  readonly expression: string;
  readonly timezone: string;
}

export interface FunctionDescription {
  readonly name: string;
  /** `path/without/extension.export`. */
  readonly handler: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly environment: Readonly<Record<string, TemplateValue>>;
  readonly queues: readonly QueueMapping[];
  readonly schedules: readonly FunctionSchedule[];
}

export interface TemplateResource {
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** What serverless.yml says, as far as running it needs. */
export interface ServiceDescription {
  readonly service: string;
  readonly stage: string;
  readonly functions: readonly FunctionDescription[];
  readonly resources: readonly TemplateResource[];
}

const value = z.union([z.string(), z.number(), z.boolean(), z.record(z.string(), z.unknown())]);
const queueArn = z.object({ "Fn::GetAtt": z.tuple([z.string(), z.literal("Arn")]) });
const sqsEvent = z.object({
  arn: queueArn,
  batchSize: z.int().min(1).max(10_000).default(10),
  maximumBatchingWindow: z.number().min(0).max(300).default(0),
  maximumConcurrency: z.int().min(2).max(1000).default(1000),
  functionResponseType: z.literal("ReportBatchItemFailures").optional(),
  enabled: z.boolean().default(true),
});
const scheduleEvent = z.object({
  rate: z.union([z.string().transform((rate) => [rate]), z.array(z.string())]),
  timezone: z.string().default("UTC"),
  enabled: z.boolean().default(true),
});
const event = z.union([z.strictObject({ sqs: sqsEvent }), z.strictObject({ schedule: scheduleEvent })]);
const functionEntry = z.object({
  handler: z.string(),
  timeout: z.number().optional(),
  memorySize: z.number().optional(),
  environment: z.record(z.string(), value).default({}),
  events: z.array(event).default([]),
});
const serviceFile = z.object({
  service: z.string(),
  provider: z.object({
    stage: z.string().default("dev"),
    timeout: z.number().default(6),
    memorySize: z.number().default(1024),
    environment: z.record(z.string(), value).default({}),
  }),
  functions: z.record(z.string(), functionEntry),
  resources: z.object({
    Resources: z.record(
      z.string(),
      z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) }),
    ),
  }),
});

/** Reads a serverless.yml. Throws an InputError that says what it can't run, and where that stands. */
export function readServerlessFile(path: string, sources: VariableSources): ServiceDescription {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new InputError(`${path} can't be read: ${messageOf(error)}`);
  }
  return describeService(resolveVariables(parseCloudFormationYaml(text, path), sources), path, sources.stage);
}

function describeService(document: unknown, path: string, stage: string): ServiceDescription {
  const result = serviceFile.safeParse(document);
  if (!result.success) {
    const problems = result.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
    throw new InputError(`${path} can't be run locally: ${problems.join("; ")}`);
  }
  const { service, provider, functions, resources } = result.data;
  return {
    service,
    stage,
    functions: Object.entries(functions).map(([name, entry]) => ({
      name,
      handler: entry.handler,
      timeoutSeconds: entry.timeout ?? provider.timeout,
      memoryMb: entry.memorySize ?? provider.memorySize,
      environment: { ...provider.environment, ...entry.environment },
      queues: entry.events.flatMap((one) => ("sqs" in one && one.sqs.enabled ? [queueMapping(one.sqs)] : [])),
      schedules: entry.events.flatMap((one) =>
        "schedule" in one && one.schedule.enabled
          ? one.schedule.rate.map((expression) => ({ expression, timezone: one.schedule.timezone }))
          : [],
      ),
    })),
    resources: Object.entries(resources.Resources).map(([logicalId, resource]) => ({
      logicalId,
      type: resource.Type,
      properties: resource.Properties,
    })),
  };
}

function queueMapping(sqs: z.infer<typeof sqsEvent>): QueueMapping {
  return {
    queue: sqs.arn["Fn::GetAtt"][0],
    batchSize: sqs.batchSize,
    windowSeconds: sqs.maximumBatchingWindow,
    maximumConcurrency: sqs.maximumConcurrency,
    reportsFailures: sqs.functionResponseType !== undefined,
  };
}
