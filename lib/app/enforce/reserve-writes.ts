import type { Clock, Log } from "../ports/invocation.ts";
import type { WriteCap } from "../ports/write-cap.ts";
import { byAccount, CAP_UNKNOWN, reserveWithinCap, untilNextHour, type CappedWrite } from "../write/cap.ts";
import type { Redelivery } from "../write/error-outcome.ts";
import type { ResourcePairs } from "../write/pairs.ts";
import type { Lacking } from "./assess.ts";

export interface Reservation {
  /** What may be written, and what needs no write, by `resourceKey`. */
  readonly granted: ReadonlyMap<string, Lacking>;
  /** Beyond the cap, or nobody knows: it comes back later. */
  readonly capped: ReadonlyMap<string, Redelivery>;
  readonly reservedAt: number;
  /** What the reservation counts as repairs, by `resourceKey`. */
  readonly repairs: ReadonlySet<string>;
}

interface ReserveDeps {
  readonly writeCap: WriteCap;
  readonly clock: Pick<Clock, "now">;
}

/**
 * Takes the writes of this invocation from the cap of their accounts; events come before repairs, and the first
 * resources first.
 */
export async function reserveWrites(
  lacking: ReadonlyMap<string, Lacking>,
  repairs: ReadonlySet<string>,
  { writeCap, clock }: ReserveDeps,
): Promise<Reservation> {
  const reservedAt = clock.now();
  const granted = new Map(lacking);
  const capped = new Map<string, Redelivery>();
  const toWrite = [...lacking].filter(([, { decisions }]) => writes(decisions));
  const beyond = await reserveWithinCap(cappedWrites(toWrite, repairs), reservedAt, writeCap);
  for (const [key, cap] of beyond) {
    granted.delete(key);
    const notBeforeMs = cap.code === CAP_UNKNOWN ? 0 : untilNextHour(reservedAt);
    capped.set(key, { outcome: "redelivered", how: "wait", ...cap, notBeforeMs });
  }
  return { granted, capped, reservedAt, repairs };
}

/** Gives back what was taken for resources that nothing was written to. */
export async function releaseUnused(
  { granted, reservedAt, repairs }: Reservation,
  applied: ReadonlyMap<string, ResourcePairs>,
  { writeCap, log }: ReserveDeps & { readonly log: Log },
): Promise<void> {
  const unused = [...granted].filter(([key, { decisions }]) => writes(decisions) && !mayBeWritten(applied.get(key)));
  for (const { account, keys, reason } of byAccount(cappedWrites(unused, repairs))) {
    try {
      await writeCap.release(account, keys.length, reservedAt, reason);
    } catch (error) {
      // It makes the cap tighter for the rest of the hour, and nothing else: what was written has to be concluded.
      log.warn("unused writes could not be given back", {
        account: account.account,
        writes: keys.length,
        reason: String(error),
      });
      // One store counts for all accounts: to wait for it once for each of them would use up the invocation.
      return;
    }
  }
}

function writes(decisions: Lacking["decisions"]): boolean {
  return decisions.some(({ action }) => action === "write");
}

function mayBeWritten(entry: ResourcePairs | undefined): boolean {
  return [...(entry?.pairs.values() ?? [])].some(
    ({ result, maybeWritten }) => maybeWritten || result?.kind === "written",
  );
}

function cappedWrites(entries: readonly (readonly [string, Lacking])[], repairs: ReadonlySet<string>): CappedWrite[] {
  return entries.map(([key, { route }]) => ({
    key,
    account: route.account,
    reason: repairs.has(key) ? "repair" : "event",
  }));
}
