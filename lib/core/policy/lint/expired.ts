import { shown } from "../../shown.ts";
import type { CompiledPolicies } from "../compiled.ts";
import { exemptionStates } from "../exemption.ts";
import type { Say } from "./rules.ts";
import type { Places } from "./unmatched.ts";

/** Says which exemptions don't count any more `at` this time (milliseconds since the epoch). */
export function checkExpired(
  { exemptions }: CompiledPolicies,
  { exemptions: places }: Places,
  at: number,
  say: Say,
): void {
  for (const [index, { reason, expires, expired }] of exemptionStates(exemptions, at).entries()) {
    const place = places[index];
    if (!expired || place === undefined) continue;
    say("exemption-expired", place, `the exemption ${shown(reason)} expired on ${expires}`);
  }
}
