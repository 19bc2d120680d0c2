import type { SQSClient } from "@aws-sdk/client-sqs";
import type { RecordedCall } from "../packaged/aws-recorder.ts";
import type { EmbeddedAws } from "./embedded-aws.ts";
import type { LocalFunction } from "./function-runtime.ts";
import type { LocalResources } from "./resources.ts";
import type { ServiceDescription } from "./serverless-file.ts";

/** A process of a function, for whoever wants to see what its end does. */
export interface FunctionPid {
  readonly function: string;
  readonly pid: number;
}

/** All functions of a service, started. */
export interface HostedFunctions {
  readonly functions: ReadonlyMap<string, LocalFunction>;
  /** The client with which Lambda reads queues for a function. */
  sqsFor(functionName: string): SQSClient;
  /** Calls to AWS so far, one of each kind; empty where nobody notes them. */
  calls(): readonly RecordedCall[];
  /** Empty where the functions run in this process. */
  pids(): readonly FunctionPid[];
  close(): Promise<void>;
}

/** A way to run the functions of serverless.yml. */
export interface FunctionHost {
  readonly service: ServiceDescription;
  /** Throws the error of a function's initialisation, or an InputError where one doesn't exist. */
  start(aws: EmbeddedAws, resources: LocalResources): Promise<HostedFunctions>;
}
