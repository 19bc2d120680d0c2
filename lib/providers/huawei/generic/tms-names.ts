import type { ResourceType } from "../../../core/resource.ts";
import { TMS_NAMES } from "./taggable-types.ts";

/** What TMS calls our types. */
export interface TmsNames {
  /** Undefined where nobody knows. */
  nameOf(type: ResourceType): string | undefined;
  /** Whether pages have several names of a type, and TMS' own list hasn't been read to its end, which says which one it has. */
  isOpen(type: ResourceType): boolean;
  /** Takes in a page of TMS' own list, and answers which of our types it has. */
  learn(listed: ReadonlySet<string>, isLast: boolean): readonly ResourceType[];
}

type Configured = Readonly<Record<ResourceType, string>>;

/**
 * By type the names that it may have: those of the table, or those that the configuration has, each of which stands for no
 * other type then.
 */
function namesWith(configured: Configured): ReadonlyMap<ResourceType, readonly string[]> {
  const taken = new Set(Object.values(configured));
  const ofTable = Array.from(TMS_NAMES, ([type, names]) => [type, names.filter((name) => !taken.has(name))] as const);
  const said = Object.entries(configured).map(([type, name]) => [type, [name]] as const);
  return new Map<ResourceType, readonly string[]>([...ofTable.filter(([, names]) => names.length > 0), ...said]);
}

/** The types that have a name. */
export function typesWith(configured: Configured): ReadonlySet<ResourceType> {
  return new Set(namesWith(configured).keys());
}

/** Names that are compared with their case, and never guessed: where there are several, TMS' own list picks one. */
export function tmsNames(configured: Configured = {}): TmsNames {
  const table = namesWith(configured);
  const known = new Set<string>();
  let isWhole = false;
  const namesOf = (type: ResourceType) => table.get(type) ?? [];
  return {
    nameOf(type) {
      const [only, ...others] = namesOf(type);
      return others.length === 0 ? only : namesOf(type).find((name) => known.has(name));
    },
    isOpen: (type) => namesOf(type).length > 1 && !isWhole,
    learn(listed, isLast) {
      isWhole ||= isLast;
      for (const name of listed) known.add(name);
      return [...table].flatMap(([type, names]) => (names.some((name) => listed.has(name)) ? [type] : []));
    },
  };
}
