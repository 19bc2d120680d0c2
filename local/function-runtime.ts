import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";
import type { Context } from "aws-lambda";
import { InputError } from "../lib/core/errors.ts";
import { functionFile } from "./published.ts";
import type { FunctionDescription } from "./serverless-file.ts";

/** A function that has had its cold start. */
export interface LocalFunction {
  readonly name: string;
  readonly timeoutSeconds: number;
  /** Throws what the handler throws, and an error where its timeout is over first. */
  invoke(event: unknown): Promise<unknown>;
}

type Handler = (event: unknown, context: Context) => Promise<unknown>;

let coldStarts = 0;

/**
 * Loads a function in this process as Lambda does in its own: its environment first, then its module, whose top level
 * reads that environment. Each call is a new cold start. The process's own variables are hidden meanwhile and put
 * back afterwards, so that functions see what serverless.yml gives them and nothing else. Throws an InputError where
 * the handler doesn't exist, and whatever the module throws while it loads.
 */
export async function startFunction(
  description: FunctionDescription,
  environment: Readonly<Record<string, string>>,
  root: string,
): Promise<LocalFunction> {
  const handler = await withEnvironment(environment, () => importHandler(description, root));
  const { name, timeoutSeconds, memoryMb } = description;
  return {
    name,
    timeoutSeconds,
    invoke: async (event) => {
      const endsAt = Date.now() + timeoutSeconds * 1000;
      const { promise: timeout, reject } = Promise.withResolvers<never>();
      const timer = setTimeout(
        () => reject(new Error(`${name} timed out after ${timeoutSeconds} seconds`)),
        timeoutSeconds * 1000,
      );
      try {
        return await Promise.race([handler(event, lambdaContext(name, memoryMb, endsAt)), timeout]);
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

async function importHandler(description: FunctionDescription, root: string): Promise<Handler> {
  const dot = description.handler.lastIndexOf(".");
  const exportName = description.handler.slice(dot + 1);
  const path = functionFile(root, description.handler.slice(0, dot));
  if (!existsSync(path)) throw new InputError(`serverless.yml: function ${description.name}: ${path} doesn't exist.`);
  const url = pathToFileURL(path);
  // Another query is another module to Node, and so the function's top level runs again.
  url.searchParams.set("cold-start", String((coldStarts += 1)));
  const module = (await import(url.href)) as Readonly<Record<string, unknown>>;
  const handler = module[exportName];
  if (typeof handler !== "function") {
    throw new InputError(`serverless.yml: function ${description.name}: ${path} exports no function ${exportName}.`);
  }
  return handler as Handler;
}

let loading: Promise<unknown> = Promise.resolve();

/** One module at a time, because there is but one process environment. */
function withEnvironment<Value>(environment: Readonly<Record<string, string>>, load: () => Promise<Value>) {
  const turn = loading.then(async () => {
    const own = process.env;
    process.env = { PATH: own["PATH"], TZ: "UTC", ...environment };
    try {
      return await load();
    } finally {
      process.env = own;
    }
  });
  loading = turn.catch(() => undefined);
  return turn;
}

function lambdaContext(functionName: string, memoryMb: number, endsAt: number): Context {
  return {
    functionName,
    functionVersion: "$LATEST",
    invokedFunctionArn: `arn:aws:lambda:us-east-1:000000000000:function:${functionName}`,
    memoryLimitInMB: String(memoryMb),
    awsRequestId: randomUUID(),
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: "local",
    callbackWaitsForEmptyEventLoop: false,
    getRemainingTimeInMillis: () => Math.max(0, endsAt - Date.now()),
    done: () => undefined,
    fail: () => undefined,
    succeed: () => undefined,
  };
}
