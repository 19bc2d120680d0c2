import { ProviderError } from "../../core/errors.ts";
import type { Tags } from "../../core/resource.ts";
import type { Reading } from "../cloud/read-tags.ts";
import { fromError, type LedgerEntry, type LedgerPair, type WriteAction, type WriteResult } from "./pairs.ts";

/** Takes in a new read: it settles every open pair, in whichever batch, that is not to be written on it. */
export function refreshEntry(entry: LedgerEntry, reading: Reading): void {
  if (reading.kind === "known") {
    entry.reading = reading.readAt < entry.lostAt ? { ...reading, readAt: -Infinity } : reading;
  }
  const wanted = reading.kind === "known" ? entry.wantedWith?.(reading.tags) : undefined;
  for (const [key, pair] of entry.pairs) {
    if (pair.underWay) continue;
    pair.result ??= afterRead(key, pair, reading, { wanted, action: entry.action });
    if (pair.result === undefined && reading.kind === "known") pair.before = reading.tags.get(key);
  }
}

interface Goal {
  readonly wanted: Tags | undefined;
  readonly action: WriteAction;
}

/** What a new read says of a pair: undefined = it is still to be written. */
function afterRead(key: string, pair: LedgerPair, reading: Reading, { wanted, action }: Goal): WriteResult | undefined {
  const { value, before, maybeWritten } = pair;
  if (reading.kind === "unknown") {
    const { error } = reading;
    return error instanceof ProviderError ? fromError(error) : { kind: "unfinished", error };
  }
  const { tags, readAt } = reading;
  const now = tags.get(key);
  const aim = action === "tag" ? value : undefined;
  if (now === aim && maybeWritten) return { kind: "written", value, at: readAt };
  const untouched = now === undefined || now === before;
  const stillWanted = wanted === undefined || wanted.get(key) === value;
  return untouched && stillWanted ? undefined : { kind: "dropped", tags };
}
