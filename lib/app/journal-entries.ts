import type { JournalEntry } from "../core/journal.ts";
import type { Resource } from "../core/resource.ts";
import type { Ledger, LedgerPair } from "./ledger.ts";

/**
 * What the journal says of an invocation: every tag that a call wrote, those of which a read showed that a call whose
 * answer was lost had written them, and, as unconfirmed, those that may be there although nobody could look.
 * `now` in milliseconds since the epoch.
 */
export function journalEntries(
  applied: Ledger["entries"],
  resources: ReadonlyMap<string, { readonly resource: Resource }>,
  { policyHash, now }: { readonly policyHash: string; readonly now: number },
): JournalEntry[] {
  return [...applied].flatMap(([resourceKey, { ref, pairs }]) => {
    const { type, account, region, id } = ref;
    const eventId = resources.get(resourceKey)?.resource.event?.eventId;
    return [...pairs].flatMap(([key, pair]): JournalEntry[] => {
      const written = writtenBy(pair, now);
      if (written === undefined) return [];
      const { value, before } = pair;
      const was = before === undefined ? {} : { before };
      return [{ type, account, region, id, key, value, ...was, policyHash, ...(eventId && { eventId }), ...written }];
    });
  });
}

function writtenBy(
  { result, maybeWritten }: LedgerPair,
  now: number,
): Pick<JournalEntry, "at" | "requestId" | "unconfirmed"> | undefined {
  if (result?.kind === "written") {
    const { at, requestId } = result;
    return { at: new Date(at).toISOString(), ...(requestId !== undefined && { requestId }) };
  }
  const endedUnseen = result === undefined || result.kind === "unfinished" || result.kind === "refused";
  return maybeWritten && endedUnseen ? { at: new Date(now).toISOString(), unconfirmed: true } : undefined;
}
