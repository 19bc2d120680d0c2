import type { Tags } from "../resource.ts";

/** Tags that name who owns a resource, in the order in which they are asked; spelled in any case. */
const OWNER_KEYS = ["owner", "team"];

/** Who owns a resource by its own tags; undefined where none of them says so. */
export function ownerOf(tags: Tags): string | undefined {
  for (const wanted of OWNER_KEYS) {
    for (const [key, value] of tags) {
      if (key.toLowerCase() === wanted && value.trim() !== "") return value.trim();
    }
  }
  return undefined;
}
