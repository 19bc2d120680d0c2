import { CommanderError } from "commander";
import { OutOfTimeError } from "../../lib/app/cloud/call.ts";
import { InputError, ProviderError, errorText, messageOf } from "../../lib/core/errors.ts";
import { plainText, Cancelled, ClosedOutput, EXIT, type Io } from "../io.ts";

/** How a command that could not do its work ends: the lines for stderr, none for a quiet end, and the exit code. */
export interface Failure {
  readonly code: number;
  readonly lines: readonly string[];
}

function unexpected(error: unknown, env: Io["env"]): Failure {
  const lines = [`${messageOf(error)} (this is a bug in tagwarden; TAGWARDEN_DEBUG=1 shows where, please report it)`];
  if (env["TAGWARDEN_DEBUG"] === "1" && error instanceof Error && error.stack !== undefined) lines.push(error.stack);
  return { code: EXIT.defect, lines };
}

function providerLines(error: ProviderError): readonly string[] {
  const status = error.httpStatus === 0 ? "" : `, HTTP ${error.httpStatus}`;
  const request = error.requestId === "" ? "" : `, request ${error.requestId}`;
  return [plainText(`${errorText(error.code, error.message)}${status}${request}`)];
}

/** What the machine says of stdout and stderr, of files and of folders where there is no room, and nobody here can change. */
const NO_ROOM: ReadonlySet<unknown> = new Set(["ENOSPC", "EDQUOT", "EFBIG", "EIO"]);

function isNoRoom(error: unknown): error is Error {
  return error instanceof Error && "code" in error && NO_ROOM.has(error.code);
}

/** Turns whatever a command threw into what its user reads. */
export function failureOf(error: unknown, io: Pick<Io, "env" | "signal">): Failure {
  if (error instanceof ClosedOutput) return { code: EXIT.done, lines: [] };
  if (io.signal.aborted) {
    const terminated = io.signal.reason === "SIGTERM";
    return { code: terminated ? EXIT.terminated : EXIT.interrupted, lines: ["interrupted"] };
  }
  if (error instanceof Cancelled) return { code: EXIT.interrupted, lines: ["interrupted"] };
  if (error instanceof InputError) return { code: EXIT.usage, lines: error.message.split("\n") };
  if (error instanceof OutOfTimeError) {
    const last = error.lastError === undefined ? [] : providerLines(error.lastError);
    return { code: EXIT.provider, lines: ["the time is over (--max-seconds); nothing was left to try", ...last] };
  }
  if (isNoRoom(error)) return { code: EXIT.usage, lines: [`the output can't be written: ${error.message}; make room`] };
  if (error instanceof ProviderError) return { code: EXIT.provider, lines: providerLines(error) };
  if (error instanceof CommanderError) return { code: EXIT.usage, lines: [error.message.replace(/^error: /, "")] };
  return unexpected(error, io.env);
}
