import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { addAbortSignal, type Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { InputError } from "../../lib/core/errors.ts";
import type { Io } from "../io.ts";
import { fileError, GzipBombError, TrailingDataError } from "../file-error.ts";

/** The name that messages give to an input. */
export function inputName(path: string): string {
  return path === "-" ? "stdin" : path;
}

async function open(path: string, io: Io): Promise<Readable> {
  if (path === "-") return io.stdin;
  const found = await stat(path);
  if (found.isDirectory()) throw new InputError(`${path}: is a folder; name a file`);
  return createReadStream(path);
}

function isGzip(start: Uint8Array): boolean {
  return start[0] === 0x1f && start[1] === 0x8b;
}

/** The first bytes, enough to tell gzip, and the whole again. */
async function* withStart(source: AsyncIterator<Buffer>, start: Buffer): AsyncGenerator<Buffer> {
  yield start;
  for (let next = await source.next(); next.done !== true; next = await source.next()) yield next.value;
}

/** What a damaged file still holds before its damage is lost up to this size. */
const ZIPPED_PIECE = 4 * 1024;

/**
 * Records of a kilobyte have ids of their own, of which each takes some twenty bytes however well the rest is packed, so
 * they unpack to fifty times as much at most, and text that is mostly white space to twice that. gzip itself ends at 1,032.
 */
const MOST_TIMES = 200;
/** Nobody is harmed by what unpacks to less. */
const HARMLESS = 64 * 1024 * 1024;

/**
 * The content of gzip data, also of several files put together; whatever comes out before a fault or a sudden end is
 * handed on first. Throws what zlib says, where something that is no gzip follows, and where so much comes out of so
 * little that nobody can have meant it.
 */
async function* unzipped(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const gunzip = createGunzip();
  let out: Buffer[] = [];
  let failure: Error | undefined;
  let ended = false;
  let wake = (): void => undefined;
  gunzip.on("data", (chunk: Buffer) => out.push(chunk));
  gunzip.on("error", (error) => {
    failure = error;
    wake();
  });
  gunzip.on("end", () => {
    ended = true;
    wake();
  });
  const written = (piece: Buffer) =>
    new Promise<void>((resolve) => {
      wake = resolve;
      gunzip.write(piece, () => resolve());
    });
  let given = 0;
  let came = 0;
  const taken = (): readonly Buffer[] => {
    const chunks = out;
    out = [];
    for (const { length } of chunks) came += length;
    if (came > HARMLESS && came > MOST_TIMES * (given + ZIPPED_PIECE)) {
      throw new GzipBombError(`more than ${MOST_TIMES} times their size, ${Math.floor(came / 1024 / 1024)} MB so far`);
    }
    return chunks;
  };
  try {
    for await (const chunk of bytes) {
      for (let from = 0; from < chunk.length; from += ZIPPED_PIECE) {
        const piece = chunk.subarray(from, from + ZIPPED_PIECE);
        if (!ended) await written(piece);
        yield* taken();
        if (failure !== undefined) throw failure;
        given += piece.length;
        // Zeros behind the end are padding, at which zlib stops reading.
        const rest = piece.subarray(Math.max(0, piece.length - (given - gunzip.bytesWritten)));
        if (ended && rest.some((byte) => byte !== 0)) throw new TrailingDataError();
      }
    }
    if (ended) return;
    await new Promise<void>((resolve) => {
      wake = resolve;
      gunzip.end();
    });
    yield* taken();
    if (failure !== undefined) throw failure;
  } finally {
    gunzip.destroy();
  }
}

async function* chunks(path: string, io: Io): AsyncGenerator<Buffer> {
  const stream = await open(path, io);
  addAbortSignal(io.signal, stream);
  const source: AsyncIterator<Buffer> = stream[Symbol.asyncIterator]();
  try {
    let start = Buffer.alloc(0);
    while (start.length < 2) {
      const next = await source.next();
      if (next.done === true) break;
      start = Buffer.concat([start, next.value]);
    }
    const all = withStart(source, start);
    yield* isGzip(start) ? unzipped(all) : all;
  } finally {
    stream.destroy();
  }
}

/** The text of a file, piece by piece: `-` is stdin, gzip is unpacked, a byte order mark is dropped. */
export async function* readText(path: string, io: Io): AsyncGenerator<string> {
  const name = inputName(path);
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const decode = (bytes?: Buffer): string => {
    try {
      return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true });
    } catch (error) {
      throw new InputError(`${name}: is not UTF-8 text; save it as UTF-8 (gzip is fine)`, { cause: error });
    }
  };
  try {
    for await (const bytes of chunks(path, io)) yield decode(bytes);
    yield decode();
  } catch (error) {
    throw fileError(name, error);
  }
}

/** More than any recording or policy needs, and less than would take the machine's memory. */
const LARGEST_WHOLE_FILE = 256 * 1024 * 1024;

/** A whole file as text, where its form needs all of it at once. */
export async function readWhole(pieces: AsyncIterable<string>, name: string): Promise<string> {
  let text = "";
  for await (const piece of pieces) {
    text += piece;
    if (text.length > LARGEST_WHOLE_FILE) {
      throw new InputError(`${name}: is too large to be read as one JSON value; split it or write one value a line`);
    }
  }
  return text;
}
