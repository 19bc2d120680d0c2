import type { Trouble } from "../../core/alert/trouble-alerts.ts";
import type { Outcome } from "../../core/outcome.ts";
import { ownerOf } from "../../core/report/owner.ts";
import type { Redelivery } from "../write/error-outcome.ts";
import type { Conclusion } from "./outcomes.ts";
import { REPAIR_CAP, WRITE_CAP } from "../write/cap.ts";

/** What somebody has to look at of how enforcement left a resource: nothing, mostly. */
export function troublesOf(
  { resource, outcome: { outcome, code = "", message = "" }, later }: Conclusion,
  ownerTags: readonly string[] | undefined,
): Trouble[] {
  const kind = kindOf(outcome, later);
  if (kind === undefined) return [];
  const { type, account, region, id, tags } = resource;
  const owner = tags === undefined ? undefined : ownerOf(tags, ownerTags);
  return [
    {
      kind,
      type: type.toWellFormed(),
      account: account.toWellFormed(),
      region: region.toWellFormed(),
      // What is wrong with it may be just this, and no queue, table or chat takes halves of characters.
      id: id.toWellFormed(),
      code,
      message: message.toWellFormed(),
      ...(owner !== undefined && { owner: owner.toWellFormed() }),
    },
  ];
}

function kindOf(outcome: Outcome, later: Redelivery | undefined): Trouble["kind"] | undefined {
  if (outcome === "rejected") return "rejected";
  if (later?.isAccess === true) return "access";
  if (later?.code === WRITE_CAP) return "write-cap";
  if (later?.code === REPAIR_CAP) return "repair-cap";
  return outcome === "failed" ? "failed" : undefined;
}
