import { ProviderError } from "../../lib/core/errors.ts";
import { kindOfSdkError } from "../../lib/providers/aws/sdk-errors.ts";
import { credentialsUnavailable } from "../../lib/providers/credentials.ts";
import type { Clock } from "../../lib/app/ports/invocation.ts";
import { hiccupOf } from "../hiccup.ts";
import type { Simulation } from "./simulation.ts";

/** What a call needs before it can be sent. */
export interface KeyWait {
  /** How long it takes to have a key, or to be told that there is none. */
  readonly ms: number;
  readonly error?: ProviderError;
}

/** The keys of one process: a role's is asked for when it is first needed, and again each hour. */
export interface Keys {
  need(account: string): KeyWait;
}

const LIFE_MS = 3_600_000;
const MARGIN_MS = 5 * 60_000;
const NAMES = [
  "InternalFailure",
  "ServiceUnavailable",
  "TimeoutError",
  "ThrottlingException",
  "UnheardOfException",
] as const;

export function createKeys(clock: Pick<Clock, "now">, { scenario, scheduler, dice }: Simulation): Keys {
  const expiresAt = new Map<string, number>();
  return {
    need(account) {
      if (!scenario.roles.has(account)) return { ms: 0 };
      if ((expiresAt.get(account) ?? -Infinity) - MARGIN_MS > clock.now()) return { ms: 0 };
      const hiccup = hiccupOf("credentials", { scenario, now: scheduler.now(), dice });
      if (hiccup === undefined) {
        expiresAt.set(account, clock.now() + LIFE_MS);
        return { ms: dice.between(20, 80) };
      }
      const said = new Error("the service that hands out keys is down");
      said.name = dice.pick(NAMES);
      return { ms: hiccup.ms, error: credentialsUnavailable(account, kindOfSdkError(said), said) };
    },
  };
}
