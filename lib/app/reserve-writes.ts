import type { Wanting } from "./assess.ts";
import type { LedgerEntry } from "./ledger.ts";
import type { CappedAccount, Clock, Log, WriteCap } from "./ports.ts";
import type { LaterVerdict } from "./verdict.ts";
import { untilNextHour } from "./write-cap.ts";

/** The code of what waits for the next hour. */
export const WRITE_CAP = "WriteCap";

export interface Reservation {
  /** What may be written, and what needs no write, by `resourceKey`. */
  readonly granted: ReadonlyMap<string, Wanting>;
  /** Beyond the cap: it comes back later. */
  readonly capped: ReadonlyMap<string, LaterVerdict>;
  readonly reservedAt: number;
}

interface ReserveDeps {
  readonly writeCap: WriteCap;
  readonly clock: Pick<Clock, "now">;
}

/** Takes the writes of this invocation from the cap of their accounts; the first resources come first. */
export async function reserveWrites(
  wanting: ReadonlyMap<string, Wanting>,
  { writeCap, clock }: ReserveDeps,
): Promise<Reservation> {
  const reservedAt = clock.now();
  const granted = new Map(wanting);
  const capped = new Map<string, LaterVerdict>();
  for (const { account, keys } of byAccount([...wanting].filter(([, { decisions }]) => writes(decisions)))) {
    const count = await writeCap.reserve(account, keys.length, reservedAt);
    for (const key of keys.slice(count)) {
      granted.delete(key);
      capped.set(key, {
        outcome: "redelivered",
        how: "wait",
        code: WRITE_CAP,
        message: `account ${account.account} has used up its ${account.writesPerHour} writes of this hour`,
        notBeforeMs: untilNextHour(reservedAt),
      });
    }
  }
  return { granted, capped, reservedAt };
}

/** Gives back what was taken for resources that nothing was written to. */
export async function releaseUnused(
  { granted, reservedAt }: Reservation,
  applied: ReadonlyMap<string, LedgerEntry>,
  { writeCap, log }: ReserveDeps & { readonly log: Log },
): Promise<void> {
  const unused = [...granted].filter(([key, { decisions }]) => writes(decisions) && !mayBeWritten(applied.get(key)));
  for (const { account, keys } of byAccount(unused)) {
    try {
      await writeCap.release(account, keys.length, reservedAt);
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

function writes(decisions: Wanting["decisions"]): boolean {
  return decisions.some(({ action }) => action === "write");
}

function mayBeWritten(entry: LedgerEntry | undefined): boolean {
  return [...(entry?.pairs.values() ?? [])].some(
    ({ result, maybeWritten }) => maybeWritten || result?.kind === "written",
  );
}

function byAccount(entries: readonly (readonly [string, Wanting])[]): { account: CappedAccount; keys: string[] }[] {
  const groups = new Map<string, { account: CappedAccount; keys: string[] }>();
  let group: { account: CappedAccount; keys: string[] } | undefined;
  for (const [key, { route }] of entries) {
    const { account } = route;
    if (group?.account !== account) {
      const name = JSON.stringify([account.provider, account.account]);
      group = groups.get(name) ?? { account, keys: [] };
      groups.set(name, group);
    }
    group.keys.push(key);
  }
  return [...groups.values()];
}
