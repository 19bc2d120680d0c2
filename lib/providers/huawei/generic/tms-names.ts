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

/**
 * Names that are compared with their case, and never guessed: those of the table, of which TMS' own list picks one, or
 * those that the configuration has, each of which stands for no other type then.
 */
export function tmsNames(configured: Readonly<Record<ResourceType, string>> = {}): TmsNames {
  const taken = new Set(Object.values(configured));
  const table = new Map<ResourceType, readonly string[]>([
    ...Array.from(TMS_NAMES, ([type, names]) => [type, names.filter((name) => !taken.has(name))] as const),
    ...Object.entries(configured).map(([type, name]) => [type, [name]] as const),
  ]);
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
