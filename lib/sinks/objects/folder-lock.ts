import { readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { readlinkSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { InputError, messageOf } from "../../core/errors.ts";

/** Who holds a lock, as its file says. */
interface Holder {
  readonly pid: number;
  /** Where that pid means something. */
  readonly host: string;
  /** When the process began, by its system's clock; absent = the system doesn't say. */
  readonly began?: string;
  /** RFC 3339, UTC. */
  readonly since: string;
}

const NAME = /^audit\.([1-9]\d{0,14})\.lock$/u;
/** Other machines see by the time of the file that its holder lives. */
const SIGN_OF_LIFE_MS = 30_000;
/** A process on another machine that has shown no sign of life for so long is gone. */
const SILENCE_MS = 5 * 60_000;
/** A lock that says nothing is one that is just being written, or was when its process was killed. */
const WRITING_MS = 10_000;
const MOST_TRIES = 20;

/**
 * Keeps other processes out of a folder until the answer is called, or this process has ended in whatever way. Locks
 * are numbered, and the highest counts: whoever finds that its holder is gone makes the next one, which the file system
 * lets one process do. Throws InputError where another process is at work there, which may be on another machine.
 */
export async function lockFolder(directory: string): Promise<() => Promise<void>> {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const found = await locksIn(directory);
    for (const number of found) await refuseIfHeld(directory, number);
    const number = (found.at(-1) ?? 0) + 1;
    const path = pathOf(directory, number);
    if (!(await create(path))) continue;
    // Since we looked, others may have come and gone with higher numbers.
    if ((await locksIn(directory)).some((other) => other > number)) {
      await rm(path, { force: true });
      continue;
    }
    for (const lower of found) await rm(pathOf(directory, lower), { force: true });
    return heldBy(path);
  }
  throw new InputError(`${directory}: other audits begin there all the time; give each an --out of its own`);
}

function heldBy(path: string): () => Promise<void> {
  const showLife = (): void => {
    const now = new Date();
    // Whoever has removed the file has done so on purpose, and nothing here depends on it.
    utimes(path, now, now).catch(() => undefined);
  };
  const timer = setInterval(showLife, SIGN_OF_LIFE_MS).unref();
  return async () => {
    clearInterval(timer);
    await rm(path, { force: true });
  };
}

const pathOf = (directory: string, number: number): string => join(directory, `audit.${number}.lock`);

/** Numbers of the locks, the highest last. */
async function locksIn(directory: string): Promise<readonly number[]> {
  const names = await readdir(directory);
  return names.flatMap((name) => NAME.exec(name)?.slice(1, 2).map(Number) ?? []).sort((a, b) => a - b);
}

async function create(path: string): Promise<boolean> {
  const began = startOf(process.pid);
  const holder: Holder = {
    pid: process.pid,
    host: thisHost(),
    ...(began !== undefined && { began }),
    since: new Date().toISOString(),
  };
  try {
    await writeFile(path, `${JSON.stringify(holder)}\n`, { flag: "wx" });
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw new InputError(`${path}: can't be written: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

async function refuseIfHeld(directory: string, number: number): Promise<void> {
  const path = pathOf(directory, number);
  const lock = await read(path);
  if (lock === undefined) return;
  const { holder, silentMs } = lock;
  if (holder === undefined) {
    if (silentMs >= WRITING_MS) return;
    throw new InputError(`${directory}: another audit has just begun there; wait until it ends, or give another --out`);
  }
  const { pid, host, began, since } = holder;
  const isHere = host === thisHost();
  if (isHere ? !isAlive(pid, began) : silentMs >= SILENCE_MS) return;
  const gone = isHere ? "" : `; if that process is gone, remove ${path}`;
  throw new InputError(
    `${directory}: another audit is at work there, process ${pid} on ${host.split(" ")[0]} since ${since}; ` +
      `wait until it ends, or give another --out${gone}`,
  );
}

/** What a lock says, and how long ago its holder last showed a sign of life; undefined where it was released. */
async function read(path: string): Promise<{ readonly holder?: Holder; readonly silentMs: number } | undefined> {
  try {
    const text = await readFile(path, "utf8");
    const silentMs = Date.now() - (await stat(path)).mtimeMs;
    const holder = holderFrom(text);
    return { silentMs, ...(holder !== undefined && { holder }) };
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

function holderFrom(text: string): Holder | undefined {
  try {
    const { pid, host, began, since } = JSON.parse(text) as Partial<Record<keyof Holder, unknown>>;
    if (!Number.isSafeInteger(pid) || Number(pid) < 1 || typeof host !== "string" || typeof since !== "string")
      return undefined;
    return { pid: Number(pid), host, since, ...(typeof began === "string" && { began }) };
  } catch {
    // It was cut off while it was being written; the caller knows what that means.
    return undefined;
  }
}

/** Pids mean something on one machine, and within one container of it. */
function thisHost(): string {
  return `${hostname()} ${pidNamespace()}`.trim();
}

function pidNamespace(): string {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    // Only Linux has them.
    return "";
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}

/** Whether the process with this pid lives; `began` = as `startOf` gave it, since pids are given again. */
export function isAlive(pid: number, began: string | undefined): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Somebody else's process may not be signalled, and lives.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
  const [state, start] = fieldsOf(pid);
  if (state === "Z" || state === "X") return false;
  return began === undefined || start === undefined || start === began;
}

/** When a process began, in ticks since the system did; undefined where the system doesn't say. */
export function startOf(pid: number): string | undefined {
  return fieldsOf(pid)[1];
}

/** State and start of a process: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function fieldsOf(pid: number): readonly [state?: string, start?: string] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is a name in brackets that may hold anything.
    const [state = "", ...rest] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const start = rest[18];
    return start === undefined ? [state] : [state, start];
  } catch {
    // Only Linux has this file.
    return [];
  }
}
