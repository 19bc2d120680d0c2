import { readerOf, type TypeContract } from "./contract.ts";
import { globsMeet } from "./glob.ts";
import type { ResourceType } from "./resource.ts";

/** How to see what never carried a tag, as a sentence fragment. */
export const SET_INVENTORY =
  "set `inventory: config` or `inventory: resource-explorer` for the account (docs/providers/aws.md#inventory)";

/**
 * Whether an audit of this type sees nothing but what carries a tag, or did: its tags are listed, and no inventory says
 * what else there is. `only`: the types that are asked for, as globs; absent = all. What has an inventory of its own
 * within a listing of all types lacks nothing.
 */
export function isTaggedOnly(type: ResourceType, contract: TypeContract, only?: readonly string[]): boolean {
  const { inventory } = contract;
  if (!readerOf({ type }, contract).list.scan || inventory[type] !== undefined) return false;
  return only === undefined || only.some((glob) => globsMeet(glob, type) && inventory[glob] === undefined);
}
