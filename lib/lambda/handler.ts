import { injectLambdaContext } from "@aws-lambda-powertools/logger/middleware";
import { logMetrics } from "@aws-lambda-powertools/metrics/middleware";
import withMiddleware from "@middy/core";
import type { Context } from "aws-lambda";
import { InputError, ProviderError } from "../core/errors.ts";
import type { Telemetry } from "./telemetry.ts";

/** A function as Lambda calls it. */
export type LambdaHandler<Event, Result> = (event: Event, context: Context) => Promise<Result>;

/**
 * The one stack round every function: context in each log line, metrics flushed, errors logged once and passed on.
 * The event is never logged, whatever `POWERTOOLS_LOGGER_LOG_EVENT` says: it holds other people's request bodies.
 */
export function lambda<Event, Result>(
  work: LambdaHandler<Event, Result>,
  { logger, metrics }: Pick<Telemetry, "logger" | "metrics">,
): LambdaHandler<Event, Result> {
  const stack = withMiddleware<Event, Result>((event: Event, context: Context) => work(event, context))
    .use(injectLambdaContext(logger, { logEvent: false, resetKeys: true }))
    .use(logMetrics(metrics))
    .onError(({ error }) => {
      // Without a response the error goes on to Lambda, which retries the event or redelivers the batch.
      if (error instanceof InputError) logger.error("invocation failed: bad input", { reason: error.message });
      else if (error instanceof ProviderError) logger.error("invocation failed: provider", providerFields(error));
      else logger.error("invocation failed", { error });
    });
  return async (event, context) => stack(event, context);
}

function providerFields(error: ProviderError): Record<string, unknown> {
  const { code, kind, httpStatus, requestId, message } = error;
  return { code, kind, httpStatus, requestId, reason: message };
}
