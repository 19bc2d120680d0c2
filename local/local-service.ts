import { GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { InputError } from "../lib/core/errors.ts";
import { startEmbeddedAws, type EmbeddedAws } from "./embedded-aws.ts";
import { startEventSourceMapping, type EventSourceMapping } from "./event-source-mapping.ts";
import { startFunction, type LocalFunction } from "./function-runtime.ts";
import { createLocalResources, type LocalResources } from "./local-resources.ts";
import { releaseClaims } from "./release-claims.ts";
import { parseSchedule, startSchedule } from "./scheduler.ts";
import { readServerlessFile, type ServiceDescription } from "./serverless-file.ts";

/** The service of serverless.yml, running on the laptop. */
export interface LocalService {
  readonly aws: EmbeddedAws;
  readonly sqs: SQSClient;
  readonly resources: LocalResources;
  /** Calls a function outside of its queue and schedule. */
  invoke(functionName: string, event: unknown): Promise<unknown>;
  /** Waits until no queue but the dead-letter queues holds a message and no function runs. */
  untilIdle(onWait?: (waiting: number) => void): Promise<void>;
  /** Messages in each dead-letter queue, by logical id, only those that hold any. */
  deadLetters(): Promise<Readonly<Record<string, number>>>;
  close(): Promise<void>;
}

export interface LocalServiceOptions {
  /** Path of the serverless.yml; functions are found relative to its folder. */
  readonly file: string;
  readonly root: string;
  readonly stage: string;
  /** Values for `${param:…}`. */
  readonly params: Readonly<Record<string, string>>;
  /** Added to each function's environment, as the Lambda runtime adds its own. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Keeps the state of queues, table and bucket in this folder. */
  readonly dataDir?: string;
  /** Whether schedules fire by themselves. */
  readonly schedules?: boolean;
  /** Told of invocations that fail as a whole. */
  readonly onFailure: (functionName: string, error: unknown) => void;
}

const IDLE_POLL_MS = 50;
/** A function that fails gets its messages back this soon, five times, and then they are dead letters. */
const FAILED_AGAIN_AFTER_SECONDS = 2;
/** Nothing that the local run does keeps a message waiting for so long. */
const LONGEST_WAIT_MS = 300_000;

/** Starts the embedded AWS services and, on them, everything that serverless.yml describes. */
export async function startLocalService(options: LocalServiceOptions): Promise<LocalService> {
  const service = readServerlessFile(options.file, {
    stage: options.stage,
    params: options.params,
    variables: {},
    options: {},
  });
  const aws = await startEmbeddedAws(options.dataDir === undefined ? {} : { dataDir: options.dataDir });
  const sqs = new SQSClient({
    region: aws.region,
    endpoint: aws.endpoint,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
  const stops: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(stops.map((stop) => stop()));
    sqs.destroy();
    await aws.close();
  };
  try {
    const resources = await createLocalResources(service, aws);
    if (options.dataDir !== undefined) await releaseClaims(aws, resources.tables);
    const functions = await startFunctions(service, resources, aws, options);
    const mappings = startMappings(service, functions, { sqs, resources, onFailure: options.onFailure });
    stops.push(...mappings.map((mapping) => () => mapping.stop()));
    if (options.schedules === true) stops.push(...startSchedules(service, functions, options.onFailure));
    return {
      aws,
      sqs,
      resources,
      invoke: async (name, event) => find(functions, name).invoke(event),
      untilIdle: (onWait) => untilIdle({ sqs, resources, mappings }, onWait),
      deadLetters: () => countDeadLetters(sqs, resources),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startFunctions(
  service: ServiceDescription,
  resources: LocalResources,
  aws: EmbeddedAws,
  { root, environment = {} }: LocalServiceOptions,
): Promise<Map<string, LocalFunction>> {
  const functions = new Map<string, LocalFunction>();
  for (const description of service.functions) {
    const variables = Object.fromEntries(
      Object.entries(description.environment).map(([name, value]) => [name, resources.resolve(value)]),
    );
    const runtime = { ...aws.variables, AWS_LAMBDA_FUNCTION_NAME: description.name };
    functions.set(
      description.name,
      await startFunction(description, { ...variables, ...environment, ...runtime }, root),
    );
  }
  return functions;
}

function startMappings(
  service: ServiceDescription,
  functions: ReadonlyMap<string, LocalFunction>,
  { sqs, resources, onFailure }: Pick<LocalService, "sqs" | "resources"> & Pick<LocalServiceOptions, "onFailure">,
): EventSourceMapping[] {
  return service.functions.flatMap(({ name, queues }) =>
    queues.map((mapping) =>
      startEventSourceMapping(mapping, find(functions, name), {
        sqs,
        queueUrl: resources.ref(mapping.queue),
        queueArn: resources.arn(mapping.queue),
        failedAgainAfterSeconds: FAILED_AGAIN_AFTER_SECONDS,
        onFailure,
      }),
    ),
  );
}

function startSchedules(
  service: ServiceDescription,
  functions: ReadonlyMap<string, LocalFunction>,
  onFailure: LocalServiceOptions["onFailure"],
): (() => Promise<void>)[] {
  return service.functions.flatMap(({ name, schedules }) =>
    schedules.map(({ expression, timezone }) => {
      const running = startSchedule(parseSchedule(expression, timezone), async () => {
        try {
          await find(functions, name).invoke({});
        } catch (error) {
          onFailure(name, error);
        }
      });
      return () => running.stop();
    }),
  );
}

function find(functions: ReadonlyMap<string, LocalFunction>, name: string): LocalFunction {
  const found = functions.get(name);
  if (found === undefined) throw new InputError(`serverless.yml has no function ${name}.`);
  return found;
}

interface Waiting {
  readonly sqs: SQSClient;
  readonly resources: LocalResources;
  readonly mappings: readonly EventSourceMapping[];
}

async function untilIdle({ sqs, resources, mappings }: Waiting, onWait?: (waiting: number) => void): Promise<void> {
  const working = resources.queues.filter((queue) => !resources.deadLetterQueues.has(queue));
  // A function may have sent a message to a queue that was counted already, so twice nothing means nothing.
  const startedAt = Date.now();
  for (let quiet = 0; quiet < 2;) {
    const depths = await Promise.all(working.map((queue) => queueDepth(sqs, resources.ref(queue))));
    const inHand = mappings.reduce((sum, mapping) => sum + mapping.inHand, 0);
    const waiting = depths.reduce((sum, depth) => sum + depth, 0);
    quiet = waiting === 0 && inHand === 0 ? quiet + 1 : 0;
    onWait?.(waiting);
    if (Date.now() - startedAt > LONGEST_WAIT_MS) {
      throw new InputError(
        `The queues still hold ${waiting} messages after ${LONGEST_WAIT_MS / 1000} seconds. With --state DIR an earlier run may have left them there: remove DIR, or run once more.`,
      );
    }
    await new Promise((resolve) => {
      setTimeout(resolve, IDLE_POLL_MS);
    });
  }
}

async function countDeadLetters(sqs: SQSClient, resources: LocalResources): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const queue of resources.deadLetterQueues) {
    const depth = await queueDepth(sqs, resources.ref(queue));
    if (depth > 0) counts[queue] = depth;
  }
  return counts;
}

const DEPTH_ATTRIBUTES = [
  "ApproximateNumberOfMessages",
  "ApproximateNumberOfMessagesNotVisible",
  "ApproximateNumberOfMessagesDelayed",
] as const;

async function queueDepth(sqs: SQSClient, queueUrl: string): Promise<number> {
  const { Attributes: attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: [...DEPTH_ATTRIBUTES] }),
  );
  return DEPTH_ATTRIBUTES.reduce((sum, name) => sum + Number(attributes[name] ?? 0), 0);
}
