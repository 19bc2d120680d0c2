import type { TypeContract } from "../lib/core/contract.ts";
import { allContracts } from "../lib/providers/index.ts";
import type { EmulatedResource } from "../local/emulator/emulated-resource.ts";

interface Count {
  ids: number;
  rows: number;
}

const NONE: Count = { ids: 0, rows: 0 };

/**
 * The calls, by action, without which these resources can't be audited: full pages and nothing else, one call for what
 * has no resources, and one for each resource whose tags can only be read alone.
 */
export function fewestCalls(resources: Iterable<EmulatedResource>): Map<string, number> {
  const counts = new Map<string, Count>();
  for (const { type, tags = {} } of resources) {
    const name = typeIn(allContracts, type);
    const count = counts.get(name) ?? { ids: 0, rows: 0 };
    count.ids += 1;
    count.rows += Object.keys(tags).length;
    counts.set(name, count);
  }
  const fewest = new Map<string, number>();
  const add = (action: string, calls: number) => fewest.set(action, (fewest.get(action) ?? 0) + calls);
  for (const { types, inventory, list } of allContracts) {
    for (const type of types) {
      const { ids, rows } = counts.get(type) ?? NONE;
      const listing = inventory[type];
      if (listing !== undefined) add(listing.action, Math.max(1, Math.ceil(ids / listing.pageSize)));
      const pages = Math.ceil((list.rows === "tag" ? rows : ids) / list.rowsPerPage);
      if (list.scan) add(list.action, Math.max(1, pages));
      else add(list.action, Math.max(pages, Math.ceil(ids / list.idsPerCall)));
    }
  }
  return fewest;
}

/** The name by which a contract serves a type: its own, or a pattern. */
function typeIn(contracts: readonly TypeContract[], type: string): string {
  const isServed = contracts.some(({ types }) => types.includes(type));
  return isServed ? type : `${type.slice(0, type.indexOf(":"))}:*:*`;
}
