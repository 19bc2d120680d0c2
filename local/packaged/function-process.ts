import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { FunctionDescription } from "../service/serverless-file.ts";
import { watchMemory } from "./memory-watch.ts";
import { startRuntimeApi } from "./runtime-api.ts";

/** One execution environment: a process with the function's code, one event at a time. */
export interface FunctionProcess {
  readonly pid: number | undefined;
  /** False once the process has ended or is about to. */
  readonly alive: boolean;
  /** Throws what the function threw, or why its process ended. */
  invoke(event: unknown): Promise<unknown>;
  close(): Promise<void>;
}

export interface FunctionCode {
  readonly description: FunctionDescription;
  /** Where its package is unpacked. */
  readonly taskRoot: string;
  readonly variables: Readonly<Record<string, string>>;
  /** Its standard output and error, which Lambda puts into a log group. */
  readonly logFile: string;
  readonly functionArn: string;
}

/** Lambda leaves a tenth of the memory to what isn't the heap. */
const HEAP_SHARE = 0.9;
/** Lambda gives 10 s; a laptop that starts everything at once may take longer. */
const INIT_MS = 60_000;
const require = createRequire(import.meta.url);
const TRANSPORT = fileURLToPath(new URL("./runtime-transport.ts", import.meta.url));

/**
 * Starts a function under AWS's own runtime client, as Lambda does: a fresh process with the function's variables and
 * nothing else, its heap limited by its memory, and ended when it holds more than that. Throws the error of its
 * initialisation.
 */
export async function startFunctionProcess(code: FunctionCode): Promise<FunctionProcess> {
  const { description, functionArn } = code;
  const { name, timeoutSeconds, memoryMb } = description;
  const api = await startRuntimeApi(name);
  const child = spawnRuntime(code, api.address);
  const ended = Promise.withResolvers<string>();
  let alive = true;
  child.on("error", (error) => ended.resolve(error.message));
  child.on("exit", (exitCode, signal) => ended.resolve(signal === null ? `exit code ${exitCode}` : `signal ${signal}`));
  const unwatch = watchMemory(child.pid ?? 0, memoryMb, (usedMb) => {
    ended.resolve(`out of memory: it holds ${usedMb} MB and has ${memoryMb} MB`);
    child.kill("SIGKILL");
  });
  void ended.promise.then(() => (alive = false));
  void ended.promise.then(unwatch);

  const close = async (): Promise<void> => {
    alive = false;
    child.kill("SIGKILL");
    await ended.promise;
    await api.close();
  };
  const dies = async (): Promise<never> => {
    const reason = await ended.promise;
    throw new Error(`${name}: its process ended: ${reason}`);
  };
  try {
    await inTime(
      Promise.race([api.ready, dies()]),
      INIT_MS,
      `${name}: not initialised after ${INIT_MS / 1000} seconds`,
    );
  } catch (error) {
    await close();
    throw error;
  }
  return {
    pid: child.pid,
    get alive() {
      return alive;
    },
    async invoke(event) {
      const ms = timeoutSeconds * 1000;
      const answer = Promise.withResolvers<unknown>();
      api.give({ event, deadline: Date.now() + ms, functionArn, ...answer });
      try {
        return await inTime(
          Promise.race([answer.promise, dies()]),
          ms,
          `${name} timed out after ${timeoutSeconds} seconds`,
        );
      } catch (error) {
        // A function that throws is used again; one whose time is over is ended.
        if (error instanceof TimedOutError) await close();
        throw error;
      }
    },
    close,
  };
}

function spawnRuntime(code: FunctionCode, runtimeApi: string) {
  const { description, taskRoot, variables, logFile, functionArn } = code;
  const { handler, memoryMb } = description;
  const deployedName = functionArn.slice(functionArn.lastIndexOf(":") + 1);
  const log = openSync(logFile, "a");
  const heap = `--max-old-space-size=${Math.floor(memoryMb * HEAP_SHARE)}`;
  const client = join(dirname(require.resolve("aws-lambda-ric/package.json")), "index.mjs");
  try {
    return spawn(process.execPath, [heap, "--import", TRANSPORT, client, handler], {
      cwd: taskRoot,
      stdio: ["pipe", log, log],
      env: {
        PATH: process.env["PATH"],
        TZ: ":UTC",
        LANG: "en_US.UTF-8",
        ...variables,
        _HANDLER: handler,
        AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
        AWS_LAMBDA_RUNTIME_API: runtimeApi,
        AWS_LAMBDA_FUNCTION_NAME: deployedName,
        AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
        AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${deployedName}`,
        AWS_LAMBDA_LOG_STREAM_NAME: "local",
        LAMBDA_TASK_ROOT: taskRoot,
      },
    });
  } finally {
    closeSync(log);
  }
}

class TimedOutError extends Error {
  override readonly name = "TimedOutError";
}

async function inTime<Value>(work: Promise<Value>, ms: number, message: string): Promise<Value> {
  const timeout = Promise.withResolvers<never>();
  const timer = setTimeout(() => timeout.reject(new TimedOutError(message)), ms);
  try {
    return await Promise.race([work, timeout.promise]);
  } finally {
    clearTimeout(timer);
  }
}
