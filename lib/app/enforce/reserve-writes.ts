import type { Clock, Log } from "../ports/invocation.ts";
import type { CappedAccount, WriteCap, WriteReason } from "../ports/write-cap.ts";
import { repairsPerHour, untilNextHour, WRITE_CAP, REPAIR_CAP } from "../write/cap.ts";
import type { Redelivery } from "../write/error-outcome.ts";
import type { ResourcePairs } from "../write/pairs.ts";
import type { Lacking } from "./assess.ts";

export interface Reservation {
  /** What may be written, and what needs no write, by `resourceKey`. */
  readonly granted: ReadonlyMap<string, Lacking>;
  /** Beyond the cap: it comes back later. */
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
  for (const { account, keys, reason } of byAccount(toWrite, repairs)) {
    const count = await writeCap.reserve(account, keys.length, reservedAt, reason);
    for (const key of keys.slice(count)) {
      granted.delete(key);
      capped.set(key, {
        outcome: "redelivered",
        how: "wait",
        ...(reason === "event"
          ? {
              code: WRITE_CAP,
              message: `account ${account.account} has used up its ${account.writesPerHour} writes of this hour`,
            }
          : {
              code: REPAIR_CAP,
              message: `account ${account.account} has no writes left for repairs in this hour, which get ${repairsPerHour(account)} of ${account.writesPerHour}`,
            }),
        notBeforeMs: untilNextHour(reservedAt),
      });
    }
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
  for (const { account, keys, reason } of byAccount(unused, repairs)) {
    try {
      await writeCap.release(account, keys.length, reservedAt, reason);
    } catch (error) {
      // The cap only becomes tighter for the rest of the hour; what was written is written, and has to be settled.
      log.warn("unused writes could not be given back", {
        account: account.account,
        writes: keys.length,
        reason: String(error),
      });
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

interface Lane {
  readonly account: CappedAccount;
  readonly reason: WriteReason;
  readonly keys: string[];
}

/** Events first: what they use of a cap is no more there for repairs. */
function byAccount(entries: readonly (readonly [string, Lacking])[], repairs: ReadonlySet<string>): Lane[] {
  const lanes = new Map<string, Lane>();
  let lane: Lane | undefined;
  for (const [key, { route }] of entries) {
    const { account } = route;
    const reason = repairs.has(key) ? "repair" : "event";
    if (lane?.account !== account || lane.reason !== reason) {
      const name = JSON.stringify([account.provider, account.account, reason]);
      lane = lanes.get(name) ?? { account, reason, keys: [] };
      lanes.set(name, lane);
    }
    lane.keys.push(key);
  }
  return [...lanes.values()].sort((a, b) => Number(a.reason === "repair") - Number(b.reason === "repair"));
}
