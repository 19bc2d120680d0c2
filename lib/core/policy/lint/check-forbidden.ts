import { shown } from "../../shown.ts";
import type { CompiledRequiredTag } from "../compiled.ts";
import type { PlacedPolicy } from "../load/check-limits.ts";
import { forbiddenBy } from "../words/forbid.ts";
import type { PolicyRelations } from "./policy-relations.ts";
import type { Say } from "./rules.ts";

/** Says which required keys another policy forbids that matches some of the same resources. */
export function checkForbidden(policies: readonly PlacedPolicy[], relations: PolicyRelations, say: Say): void {
  for (const [index, { policy }] of policies.entries()) {
    const by = forbiddenBy([policy]);
    if (by === undefined) continue;
    for (const [other, { policy: requiring, tags }] of policies.entries()) {
      const forbidden = tags.filter(({ tag }) => by(tag.key).length > 0 && !hasOtherKeys(tag));
      // Of one policy alone it is an error when it is loaded.
      if (other === index || forbidden.length === 0 || !relations.doMeet(index, other)) continue;
      for (const { tag, position } of forbidden) {
        const [{ reason } = { reason: "" }] = by(tag.key);
        const message = `${shown(requiring.name)} requires ${shown(tag.key)}, and to ${shown(policy.name)} it ${reason}: where both match, a resource can't be right`;
        say("forbid-against-require", position, message);
      }
    }
  }
}

/** Another key may stand for it. */
function hasOtherKeys({ aliases = [], ignoreKeyCase }: CompiledRequiredTag): boolean {
  return aliases.length > 0 || ignoreKeyCase === true;
}
