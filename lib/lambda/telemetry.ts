import type { Context } from "aws-lambda";
import type { Log } from "../app/ports.ts";
import type { Variables } from "./environment.ts";
import { createLogLines } from "./log-lines.ts";
import { createMetricLines, type MetricLines } from "./metric-lines.ts";

/** Structured logs and CloudWatch metrics of one function. */
export interface Telemetry {
  readonly log: Log;
  readonly metrics: MetricLines;
  /** From here on, each line says which invocation it belongs to. */
  begin(context: Context): void;
}

/** Straight to the standard output: the runtime's `console` puts text of its own before each line. */
function writeLine(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Throws an InputError where the environment names a level that there isn't. */
export function createTelemetry(
  service: string,
  variables: Variables = process.env,
  write: (line: string) => void = writeLine,
): Telemetry {
  const log = createLogLines(service, variables, write);
  const metrics = createMetricLines(service, (line) => (log.isOn() ? write(line) : undefined));
  return { log, metrics, begin: (context) => log.begin(context) };
}
