export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after `ms`, or at once when the signal is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Uniform in [0, 1). */
export type Random = () => number;

/** Structured log lines. Never give it secrets or event bodies. */
export interface Log {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** False where debug lines go nowhere, so that none need be made; absent = they may be seen. */
  isDebug?(): boolean;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** How much time an invocation has left. */
export interface Deadline {
  remainingMs(): number;
}
