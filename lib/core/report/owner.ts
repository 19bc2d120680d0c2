import type { Tags } from "../resource.ts";

/** Tags that name who owns a resource, in the order in which they are asked; spelled in any case. */
const OWNER_KEYS = ["owner", "team"];

/** Who owns a resource by its own tags; undefined where none of them says so. `keys`: as a configuration names them. */
export function ownerOf(tags: Tags, keys: readonly string[] = OWNER_KEYS): string | undefined {
  for (const wanted of keys) {
    for (const [key, value] of tags) {
      if (key.toLowerCase() === wanted.toLowerCase() && value.trim() !== "") return value.trim();
    }
  }
  return undefined;
}
