import type { Tags } from "../resource.ts";

/** Tags that name who owns a resource, in the order in which they are asked; spelled in any case. */
const OWNER_KEYS = ["owner", "team"];

/** What two spellings of one owner share: an address or a team is the same in any case. */
export function ownerKey(owner: string): string {
  return owner.toLowerCase();
}

/** Who owns a resource by its own tags; undefined where none of them says so. `keys`: as a configuration names them. */
export function ownerOf(tags: Tags, keys: readonly string[] = OWNER_KEYS): string | undefined {
  for (const wanted of keys) {
    for (const [key, value] of tags) {
      // Most keys differ in length already, which costs nothing to ask.
      if (key.length !== wanted.length || key.toLowerCase() !== wanted.toLowerCase()) continue;
      const owner = value.trim();
      if (owner !== "") return owner;
    }
  }
  return undefined;
}
