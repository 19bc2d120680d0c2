import { Logger, LogLevelThreshold } from "@aws-lambda-powertools/logger";
import { Metrics } from "@aws-lambda-powertools/metrics";
import type { Log } from "../app/ports/invocation.ts";

/** Structured logs and CloudWatch metrics of one function. */
export interface Telemetry {
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** The same logger behind the port that use cases know. */
  readonly log: Log;
}

/**
 * Powertools stays, for logs and for metrics: teams know its lines, its switches and its dashboards, and what it costs
 * in size and time is accepted. docs/decisions/0001-toolchain.md.
 *
 * Powertools takes its level and switches from the environment (`POWERTOOLS_*`), like every other Lambda of a team. */
export function createTelemetry(serviceName: string, namespace: string): Telemetry {
  const logger = new Logger({ serviceName });
  const metrics = new Metrics({
    namespace,
    serviceName,
    // An invocation without metrics is nothing to warn about.
    logger: {
      debug: (message: string) => logger.debug(message),
      info: (message: string) => logger.info(message),
      warn: (message: string) => logger.debug(message),
      error: (message: string) => logger.error(message),
    },
  });
  const isDebug = () => logger.level <= LogLevelThreshold.DEBUG;
  return {
    logger,
    metrics,
    log: {
      isDebug,
      // Powertools reads the environment before it looks at the level, which costs more than the rest of a resource.
      debug: (message, fields = {}) => (isDebug() ? logger.debug(message, fields) : undefined),
      info: (message, fields = {}) => logger.info(message, fields),
      warn: (message, fields = {}) => logger.warn(message, fields),
      error: (message, fields = {}) => logger.error(message, fields),
    },
  };
}
