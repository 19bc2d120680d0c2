import { localSqs } from "./embedded-aws.ts";
import type { FunctionHost } from "./function-host.ts";
import { startFunction, type LocalFunction } from "./function-runtime.ts";
import { readServerlessFile } from "./serverless-file.ts";

export interface InProcessOptions {
  /** Path of the serverless.yml; functions are found relative to `root`. */
  readonly file: string;
  readonly root: string;
  readonly stage: string;
  /** Values for `${param:…}`. */
  readonly params: Readonly<Record<string, string>>;
  /** Added to each function's environment after what the Lambda runtime adds, which it can replace. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs the functions' sources in this process: quick to start, and nothing is packaged. */
export function inProcessHost({ file, root, stage, params, environment = {} }: InProcessOptions): FunctionHost {
  const service = readServerlessFile(file, { stage, params, variables: {}, options: {} });
  return {
    service,
    async start(aws, resources) {
      const silenced = silence(environment);
      const functions = new Map<string, LocalFunction>();
      for (const description of service.functions) {
        const variables = resources.resolveAll(description.environment);
        const runtime = { ...aws.variables, AWS_LAMBDA_FUNCTION_NAME: description.name };
        const started = await startFunction(description, { ...variables, ...runtime, ...environment }, root);
        functions.set(description.name, started);
      }
      const sqs = localSqs(aws.variables);
      return {
        functions,
        sqsFor: () => sqs,
        calls: () => [],
        pids: () => [],
        close: async () => {
          sqs.destroy();
          silenced.restore();
        },
      };
    },
  };
}

/**
 * Powertools asks the environment for its switches also while a function works, and then the process has its own again:
 * what it would print for CloudWatch would stand between our results.
 */
function silence(environment: Readonly<Record<string, string>>): { restore(): void } {
  const switches = Object.entries(environment).filter(([name]) => name.startsWith("POWERTOOLS_"));
  const before = switches.map(([name]) => [name, process.env[name]] as const);
  for (const [name, value] of switches) process.env[name] = value;
  return {
    restore() {
      for (const [name, value] of before) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    },
  };
}
