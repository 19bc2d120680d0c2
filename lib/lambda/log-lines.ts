import type { Context } from "aws-lambda";
import type { Log } from "../app/ports.ts";
import { InputError } from "../core/errors.ts";
import type { Variables } from "./environment.ts";

const LEVELS = ["DEBUG", "INFO", "WARN", "ERROR", "SILENT"] as const;

type Level = (typeof LEVELS)[number];

/** How deep the causes of an error are followed. */
const MOST_CAUSES = 5;

/** Structured log lines of one function: JSON, with the field names that Powertools for AWS Lambda uses. */
export interface LogLines extends Log {
  isDebug(): boolean;
  /** False where nothing at all is written. */
  isOn(): boolean;
  /** From here on, each line says which invocation it belongs to. */
  begin(context: Context): void;
}

/** The level that `TAGWARDEN_LOG_LEVEL` names, in any case; INFO without it. Throws an InputError. */
function levelOf({ TAGWARDEN_LOG_LEVEL: name = "INFO" }: Variables): number {
  const level = LEVELS.findIndex((each) => each === name.toUpperCase());
  if (level >= 0) return level;
  throw new InputError(`TAGWARDEN_LOG_LEVEL must be one of ${LEVELS.join(", ")}. Set it in serverless.yml.`);
}

/** `write` takes one line without its end. */
export function createLogLines(service: string, variables: Variables, write: (line: string) => void): LogLines {
  const least = levelOf(variables);
  let invocation: Readonly<Record<string, unknown>> = {};
  let isColdStart = true;
  const log = (level: Level, message: string, fields: Readonly<Record<string, unknown>> = {}): void => {
    if (LEVELS.indexOf(level) < least) return;
    const timestamp = new Date().toISOString();
    // Last, so that a field can't pass for the line's own.
    const line = { ...fields, level, message, timestamp, service, ...invocation, xray_trace_id: traceId(variables) };
    write(JSON.stringify(line, (_, value: unknown) => (value instanceof Error ? errorFields(value) : value)));
  };
  return {
    isDebug: () => least === 0,
    isOn: () => least < LEVELS.indexOf("SILENT"),
    begin({ functionName, memoryLimitInMB, invokedFunctionArn, awsRequestId }) {
      invocation = {
        cold_start: isColdStart,
        function_arn: invokedFunctionArn,
        function_memory_size: memoryLimitInMB,
        function_name: functionName,
        function_request_id: awsRequestId,
      };
      isColdStart = false;
    },
    debug: (message, fields) => log("DEBUG", message, fields),
    info: (message, fields) => log("INFO", message, fields),
    warn: (message, fields) => log("WARN", message, fields),
    error: (message, fields) => log("ERROR", message, fields),
  };
}

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime */
function traceId({ _X_AMZN_TRACE_ID: trace }: Variables): string | undefined {
  return trace === undefined ? undefined : /(?:^|;)Root=([^;]*)/.exec(trace)?.[1];
}

function errorFields(error: Error, depth = 0): Readonly<Record<string, unknown>> {
  const { name, message, stack, cause } = error;
  const inner = cause instanceof Error && depth < MOST_CAUSES ? errorFields(cause, depth + 1) : undefined;
  return { name, message, stack, cause: inner };
}
