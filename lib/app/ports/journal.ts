import type { JournalEntry } from "../../core/journal.ts";

/** Keeps what was written, run by run, so that it can be undone. */
export interface Journal {
  /**
   * Adds entries to a run, as one object that is never changed. The same entries again change nothing. Rejects where
   * they can't be kept: then nobody may say that the writes are done.
   */
  record(run: string, entries: readonly JournalEntry[]): Promise<void>;
  /** All entries of a run; undefined where there is no such run. Throws InputError where a part is damaged. */
  read(run: string): Promise<readonly JournalEntry[] | undefined>;
  /** The names of all runs that wrote something, the oldest day first. */
  runs(): Promise<readonly string[]>;
}
