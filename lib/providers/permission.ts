/** What a call is made for. Only `tagwarden undo` and `tags unset` take tags off; enforcement adds, and audits read. */
export type Use = "read" | "tag" | "untag";

/**
 * What an account must allow before a call of ours succeeds, by what the call is made for, in the provider's own words:
 * `apigateway:TagResources`. A call that both adds tags and takes them off has both.
 */
export type ActionPermissions = Readonly<Partial<Record<Use, readonly string[]>>>;

/** By our name of the call, e.g. `alibaba:apigateway:TagResources`. */
export type PermissionTable = Readonly<Record<string, ActionPermissions>>;

/** The permissions that these uses need, each once, sorted. */
export function permissionsFor(table: PermissionTable, uses: readonly Use[]): readonly string[] {
  const needed = Object.values(table).flatMap((action) => uses.flatMap((use) => action[use] ?? []));
  return [...new Set(needed)].toSorted();
}
