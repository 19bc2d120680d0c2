import { GetQueueAttributesCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { InputError } from "../../lib/core/errors.ts";
import type { RecordedCall } from "../packaged/aws-recorder.ts";
import { packagedHost, type PackagedOptions } from "../packaged/packaged-host.ts";
import { localSqs, startEmbeddedAws, type EmbeddedAws } from "./embedded-aws.ts";
import { startEventSourceMapping, type EventSourceMapping } from "./event-source-mapping.ts";
import type { FunctionHost, FunctionPid, HostedFunctions } from "./function-host.ts";
import type { LocalFunction } from "./function-runtime.ts";
import { inProcessHost, type InProcessOptions } from "./in-process-host.ts";
import { releaseClaims } from "./release-claims.ts";
import { createLocalResources, deadLetterQueuesOf, type LocalResources } from "./resources.ts";
import { parseSchedule, startSchedule } from "./scheduler.ts";
import type { QueueMapping, ServiceDescription } from "./serverless-file.ts";

/** The service of serverless.yml, running on the laptop. */
export interface LocalService {
  readonly aws: EmbeddedAws;
  readonly sqs: SQSClient;
  readonly resources: LocalResources;
  /** What serverless.yml says. */
  readonly description: ServiceDescription;
  /** The processes of packaged functions. */
  pids(): readonly FunctionPid[];
  /** Calls to AWS that packaged functions have made, one of each kind. */
  calls(): readonly RecordedCall[];
  /** Calls a function outside of its queue and schedule. */
  invoke(functionName: string, event: unknown): Promise<unknown>;
  /** Waits until no queue but the dead-letter queues holds a message and no function runs. */
  untilIdle(onWait?: (waiting: number) => void): Promise<void>;
  /** Messages in each dead-letter queue, by logical id, only those that hold any. */
  deadLetters(): Promise<Readonly<Record<string, number>>>;
  close(): Promise<void>;
}

export interface LocalServiceOptions extends InProcessOptions {
  /** Packages the service and runs its bundles, each function in its own processes; otherwise they run in this one. */
  readonly packaged?: Omit<PackagedOptions, "file" | "root" | "stage">;
  /** Keeps the state of queues, table and bucket in this folder. */
  readonly dataDir?: string;
  /** Whether schedules fire by themselves. */
  readonly schedules?: boolean;
  /** No batch waits longer for more messages, whatever the file says; absent = as the file says. */
  readonly longestWindowSeconds?: number;
  /** Told of invocations that fail as a whole. */
  readonly onFailure: (functionName: string, error: unknown) => void;
}

/** How soon it is looked again whether all is quiet: asking each queue takes a few milliseconds of the machine's time. */
const POLL_MS = { busy: 200, quiet: 50 };
/** A function that fails gets its messages back this soon, five times, and then they are dead letters. */
const FAILED_AGAIN_AFTER_SECONDS = 1;
/** Nothing that the local run does keeps all messages waiting for so long. */
const LONGEST_WAIT_MS = 300_000;

/** Starts the embedded AWS services and, on them, everything that serverless.yml describes. */
export async function startLocalService(options: LocalServiceOptions): Promise<LocalService> {
  const { packaged } = options;
  const host: FunctionHost =
    packaged === undefined ? inProcessHost(options) : await packagedHost({ ...options, ...packaged });
  const { service } = host;
  checkQueuesAreRead(service);
  const aws = await startEmbeddedAws(options.dataDir === undefined ? {} : { dataDir: options.dataDir });
  const sqs = localSqs(aws.variables);
  const opened = new AsyncDisposableStack();
  opened.defer(() => aws.close());
  opened.defer(() => sqs.destroy());
  try {
    const resources = await createLocalResources(service, aws);
    if (options.dataDir !== undefined) await releaseClaims(aws, resources.tables);
    const hosted = await host.start(aws, resources);
    opened.defer(() => hosted.close());
    const onFailure: LocalServiceOptions["onFailure"] = (name, error) => {
      options.onFailure(name, error);
      // Whatever died with the invocation holds its claim no longer.
      releaseClaims(aws, resources.tables).catch((problem: unknown) => options.onFailure("claims", problem));
    };
    const longestWindowSeconds = options.longestWindowSeconds ?? Infinity;
    const mappings = startMappings(service, hosted, { sqs, resources, onFailure, longestWindowSeconds });
    opened.defer(async () => {
      await Promise.all(mappings.map((mapping) => mapping.stop()));
    });
    const schedules = options.schedules === true ? startSchedules(service, hosted, onFailure) : [];
    opened.defer(async () => {
      await Promise.all(schedules.map((stop) => stop()));
    });
    return {
      aws,
      sqs,
      resources,
      description: service,
      pids: () => hosted.pids(),
      calls: () => hosted.calls(),
      invoke: async (name, event) => find(hosted.functions, name).invoke(event),
      untilIdle: (onWait) => untilIdle({ sqs, resources, mappings }, onWait),
      deadLetters: () => countDeadLetters(sqs, resources),
      close: () => opened.disposeAsync(),
    };
  } catch (error) {
    await opened.disposeAsync();
    throw error;
  }
}

/** A queue that nobody reads would keep its messages for ever, and nothing would say so. */
function checkQueuesAreRead(service: ServiceDescription): void {
  const read = new Set(service.functions.flatMap(({ queues }) => queues.map(({ queue }) => queue)));
  const deadLetters = deadLetterQueuesOf(service);
  const unread = service.resources
    .filter(({ type, logicalId }) => type === "AWS::SQS::Queue" && !deadLetters.has(logicalId) && !read.has(logicalId))
    .map(({ logicalId }) => logicalId);
  if (unread.length > 0) {
    throw new InputError(
      `serverless.yml: no function reads ${unread.join(", ")}: an sqs event with its arn is missing.`,
    );
  }
}

function startMappings(
  service: ServiceDescription,
  hosted: HostedFunctions,
  deps: Pick<LocalService, "sqs" | "resources"> &
    Pick<LocalServiceOptions, "onFailure"> & { longestWindowSeconds: number },
): EventSourceMapping[] {
  const { sqs, resources, onFailure, longestWindowSeconds } = deps;
  const hurried = (mapping: QueueMapping): QueueMapping => ({
    ...mapping,
    windowSeconds: Math.min(mapping.windowSeconds, longestWindowSeconds),
  });
  return service.functions.flatMap(({ name, queues }) =>
    queues.map((mapping) =>
      startEventSourceMapping(hurried(mapping), find(hosted.functions, name), {
        sqs: hosted.sqsFor(name),
        queueUrl: resources.ref(mapping.queue),
        queueArn: resources.arn(mapping.queue),
        failedAgain: { afterSeconds: FAILED_AGAIN_AFTER_SECONDS, sqs },
        onFailure,
      }),
    ),
  );
}

function startSchedules(
  service: ServiceDescription,
  { functions }: HostedFunctions,
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
  let fewest = Infinity;
  let movedAt = Date.now();
  for (let quiet = 0; quiet < 2;) {
    const depths = await Promise.all(working.map((queue) => queueDepth(sqs, resources.ref(queue))));
    const inHand = mappings.reduce((sum, mapping) => sum + mapping.inHand, 0);
    const waiting = depths.reduce((sum, depth) => sum + depth, 0);
    quiet = waiting === 0 && inHand === 0 ? quiet + 1 : 0;
    onWait?.(waiting);
    if (waiting < fewest) movedAt = Date.now();
    fewest = Math.min(fewest, waiting);
    if (Date.now() - movedAt > LONGEST_WAIT_MS) {
      throw new InputError(
        `The queues still hold ${waiting} messages after ${LONGEST_WAIT_MS / 1000} seconds. With --state DIR an earlier run may have left them there: remove DIR, or run once more.`,
      );
    }
    await new Promise((resolve) => {
      setTimeout(resolve, quiet > 0 ? POLL_MS.quiet : POLL_MS.busy);
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
