import { isLeftOut } from "../generic-types.ts";
import type { AuditResource } from "./scenario.ts";
import type { AuditSimulation } from "./simulation.ts";

/** Whether the configuration asks for a resource: its account names the type, and the region. */
export function isAudited({ ref }: AuditResource, { scenario }: Pick<AuditSimulation, "scenario">): boolean {
  const account = scenario.accounts.find(
    (one) => one.provider === ref.type.split(":")[0] && one.account === ref.account,
  );
  if (account === undefined || isLeftOut(ref.type, account)) return false;
  return ref.region === "global" || account.regions.includes(ref.region);
}
