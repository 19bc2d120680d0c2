import { InputError } from "../lib/core/errors.ts";

/** Behind the end of gzip data and its padding there is more, of which nothing was read. */
export class TrailingDataError extends Error {}

/** Gzip data that unpack to what no honest file does: somebody means to fill our memory or our time. */
export class GzipBombError extends Error {
  readonly unpacksTo: string;
  constructor(unpacksTo: string) {
    super(unpacksTo);
    this.unpacksTo = unpacksTo;
  }
}

const REASONS: ReadonlyMap<string, string> = new Map([
  ["ENOENT", "no such file; check the path"],
  ["EACCES", "may not be read; check its permissions"],
  ["EPERM", "may not be read; check its permissions"],
  ["EISDIR", "is a folder; name a file"],
  ["ENOTDIR", "a part of this path is not a folder; check the path"],
  ["EEXIST", "a part of this path is not a folder; check the path"],
  ["ELOOP", "its links go round in a circle; check the path"],
  ["ENAMETOOLONG", "the path is too long"],
  ["EROFS", "the file system is read-only; choose another path"],
  ["ENOSPC", "no space left on the device"],
]);

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** What the file system's refusal means to the user; any other error comes back as it is. */
export function fileError(path: string, error: unknown): unknown {
  const code = codeOf(error);
  if (error instanceof TrailingDataError) {
    return new InputError(`${path}: holds more behind its gzip data, which can't be read; copy it again`, {
      cause: error,
    });
  }
  if (error instanceof GzipBombError) {
    const advice = "if it is meant, unpack it and name what comes out";
    return new InputError(`${path}: its gzip data unpack to ${error.unpacksTo}, which no honest file does; ${advice}`, {
      cause: error,
    });
  }
  if (code?.startsWith("Z_") === true) {
    return new InputError(`${path}: is not a whole gzip file; copy it again`, { cause: error });
  }
  const reason = REASONS.get(code ?? "");
  return reason === undefined ? error : new InputError(`${path}: ${reason}`, { cause: error });
}
