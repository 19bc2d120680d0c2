import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { SQSClient } from "@aws-sdk/client-sqs";
import { localSqs, type EmbeddedAws } from "../service/embedded-aws.ts";
import type { FunctionHost, HostedFunctions } from "../service/function-host.ts";
import type { LocalFunction } from "../service/function-runtime.ts";
import type { LocalResources } from "../service/resources.ts";
import { startAwsRecorder, type AwsRecorder } from "./aws-recorder.ts";
import { startFunctionPool, type PackagedLocalFunction } from "./function-pool.ts";
import { packageService } from "./package-service.ts";
import { readPackage, type PackagedFunction, type PackagedService } from "./read-package.ts";
import { createTaskRoots, type TaskRoots } from "./task-root.ts";

export interface PackagedOptions {
  readonly file: string;
  readonly root: string;
  readonly stage: string;
  /** Parameters of the deployment; absent = those of the file. */
  readonly deployParams?: Readonly<Record<string, string>>;
  /** Packages are kept here by what went into them. */
  readonly cache: string;
  /** Where the functions' folders are made; what is there goes. */
  readonly folder: string;
  /** Each function's standard output and error: `<name>.log`. */
  readonly logs: string;
  readonly deploy: TaskRoots["deploy"];
}

/** A packaged service that can be started. */
export interface PackagedHost extends FunctionHost {
  readonly service: PackagedService;
}

/**
 * Packages the service and runs its bundles as Lambda does: each function in processes of its own, under AWS's runtime
 * client, with the variables, memory and timeout of the template. Throws an InputError where it can't be packaged.
 */
export async function packagedHost(options: PackagedOptions): Promise<PackagedHost> {
  // Whoever runs it may want to send it webhooks, whatever the configuration that it will be given.
  const deployParams = { webhooks: "yes", ...options.deployParams };
  const service = readPackage(await packageService({ ...options, deployParams }), options.stage);
  return { service, start: (aws, resources) => startPackaged(service, { aws, resources, options }) };
}

interface Start {
  readonly aws: EmbeddedAws;
  readonly resources: LocalResources;
  readonly options: PackagedOptions;
}

async function startPackaged(service: PackagedService, { aws, resources, options }: Start): Promise<HostedFunctions> {
  const taskRoots = createTaskRoots(service.functions, options);
  rmSync(options.logs, { recursive: true, force: true });
  mkdirSync(options.logs, { recursive: true });
  const recorder = await startAwsRecorder(aws);
  const clients = new Map<string, SQSClient>();
  const pools: PackagedLocalFunction[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(pools.map((pool) => pool.close()));
    for (const client of clients.values()) client.destroy();
    await recorder.close();
  };
  const startOne = async (description: PackagedFunction): Promise<void> => {
    const { name } = description;
    const variables = recorder.variablesFor(name);
    clients.set(name, localSqs(variables));
    const pool = await startFunctionPool({
      description,
      taskRoot: taskRoots.get(name) ?? "",
      variables: { ...resources.resolveAll(description.environment), ...variables },
      logFile: join(options.logs, `${name}.log`),
      functionArn: arnOf(name, service, aws),
    });
    pools.push(pool);
  };
  const started = await Promise.allSettled(service.functions.map(startOne));
  const failed = started.find((one) => one.status === "rejected");
  if (failed !== undefined) {
    await close();
    throw failed.reason;
  }
  for (const description of service.functions) notePlatform(description, { service, aws, recorder });
  return {
    functions: new Map<string, LocalFunction>(pools.map((pool) => [pool.name, pool])),
    sqsFor(name) {
      const client = clients.get(name);
      if (client === undefined) throw new Error(`there is no function ${name}`);
      return client;
    },
    calls: () => recorder.calls(),
    pids: () => pools.flatMap((pool) => pool.pids().map((pid) => ({ function: pool.name, pid }))),
    close,
  };
}

function arnOf(name: string, { service, stage }: PackagedService, { region, account }: EmbeddedAws): string {
  return `arn:aws:lambda:${region}:${account}:function:${service}-${stage}-${name}`;
}

/**
 * What AWS does with a function's role for every function like it, and no endpoint here sees: it writes the log, sends
 * traces, asks the queue for its depth, and invokes what a schedule names.
 */
function notePlatform(
  { name, queues, schedules, traced }: PackagedFunction,
  { service, aws, recorder }: { service: PackagedService; aws: EmbeddedAws; recorder: AwsRecorder },
): void {
  const { region, account } = aws;
  const note = (action: string, resource: string): void => recorder.note(name, { action, resource, context: {} });
  const group = `arn:aws:logs:${region}:${account}:log-group:/aws/lambda/${service.service}-${service.stage}-${name}`;
  note("logs:CreateLogStream", `${group}:log-stream:local`);
  note("logs:PutLogEvents", `${group}:log-stream:local`);
  if (traced) {
    note("xray:PutTraceSegments", "*");
    note("xray:PutTelemetryRecords", "*");
  }
  for (const { queue } of queues) {
    note("sqs:GetQueueAttributes", `arn:aws:sqs:${region}:${account}:${service.service}-${service.stage}-${queue}`);
  }
  if (schedules.length > 0) note("lambda:InvokeFunction", arnOf(name, service, aws));
}
