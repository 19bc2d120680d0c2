import type { Trouble } from "../core/alert/trouble-alerts.ts";
import { ownerOf } from "../core/report/owner.ts";
import type { Resource } from "../core/resource.ts";
import type { Conclusion } from "./conclude.ts";
import { REPAIR_CAP, WRITE_CAP } from "./reserve-writes.ts";

/** What somebody has to look at of how enforcement left a resource: nothing, mostly. */
export function troublesOf(
  { outcome: { outcome, code = "", message = "" }, later, isAccess }: Conclusion,
  { type, account, region, id, tags }: Resource,
  ownerTags: readonly string[] | undefined,
): Trouble[] {
  const kind = kindOf(outcome, isAccess, later?.code);
  if (kind === undefined) return [];
  const owner = tags === undefined ? undefined : ownerOf(tags, ownerTags);
  return [{ kind, type, account, region, id, code, message, ...(owner !== undefined && { owner }) }];
}

function kindOf(
  outcome: string,
  isAccess: boolean | undefined,
  laterCode: string | undefined,
): Trouble["kind"] | undefined {
  if (outcome === "rejected") return "rejected";
  if (outcome === "failed") return isAccess === true ? "access" : "failed";
  if (laterCode === WRITE_CAP) return "write-cap";
  return laterCode === REPAIR_CAP ? "repair-cap" : undefined;
}
