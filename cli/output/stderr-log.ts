import type { Log } from "../../lib/app/ports/invocation.ts";
import { plainText, type Io } from "../io.ts";

function fieldText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/**
 * Log lines on stderr. Warnings and errors about single resources are left to the results, so they are shown, like
 * everything else, only with TAGWARDEN_DEBUG=1.
 */
export function stderrLog(io: Io): Log {
  const verbose = io.env["TAGWARDEN_DEBUG"] === "1";
  const line = (level: string, message: string, fields: Readonly<Record<string, unknown>> = {}): void => {
    if (!verbose) return;
    const told = Object.entries(fields).flatMap(([name, value]) =>
      value === undefined ? [] : `${name}=${fieldText(value)}`,
    );
    // Whoever stopped reading the log still gets the results.
    io.stderr.write(`${plainText([level, message, ...told].join(" "))}\n`).catch(() => undefined);
  };
  return {
    debug: (message, fields) => line("debug", message, fields),
    info: (message, fields) => line("info", message, fields),
    warn: (message, fields) => line("warn", message, fields),
    error: (message, fields) => line("error", message, fields),
  };
}
