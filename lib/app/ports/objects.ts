/**
 * Named bytes: parts of evaluations, checkpoints, summaries, reports, outcome records. A name is a path of segments
 * joined by `/`, and no name may be a folder of another; a put replaces what was there, whole or not at all, and is
 * seen by every later get and list.
 */
export interface ObjectStore {
  put(name: string, body: Uint8Array): Promise<void>;
  /** Undefined where nothing has that name. */
  get(name: string): Promise<Uint8Array | undefined>;
  /** Every name that starts with this prefix, sorted. */
  list(prefix: string): Promise<readonly string[]>;
  /** Names that don't exist are no error. */
  remove(names: readonly string[]): Promise<void>;
}
