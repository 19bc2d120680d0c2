/** What a call is made for. Only `tagwarden undo` and `tags unset` take tags off; enforcement adds, and audits read. */
export type Use = "read" | "tag" | "untag";

/**
 * What an account must allow before a call of ours succeeds, by what the call is made for, in the provider's own words:
 * `apigateway:TagResources`. A call that both adds tags and takes them off has both.
 */
export type ActionPermissions = Readonly<Partial<Record<Use, readonly string[]>>>;

/** By our name of the call, e.g. `alibaba:apigateway:TagResources`. */
export type PermissionTable = Readonly<Record<string, ActionPermissions>>;

/** Resources for which an action is allowed, in the provider's own form, with `*` for any run of characters. */
export interface Place {
  readonly pattern: string;
  /** `assumed`: no page says that the action is asked for there. */
  readonly basis: "documented" | "assumed";
}

/** Where an action is allowed, in an account; most that only read are allowed anywhere. */
export type PlacesOf = (permission: string, account: string) => readonly Place[];

export const ANYWHERE: readonly Place[] = [{ pattern: "*", basis: "documented" }];

interface Statement {
  readonly Effect: "Allow";
  readonly Action: readonly string[];
  readonly Resource: string | readonly string[];
}

/** One statement for each set of places, in the order of their first actions. */
export function statementsFor(
  permissions: readonly string[],
  placesOf: (permission: string) => readonly Place[],
): readonly Statement[] {
  const byPlaces = Map.groupBy(permissions, (permission) => JSON.stringify(placesOf(permission)));
  return [...byPlaces.values()].map((Action) => {
    const [first = "", ...more] = placesOf(Action[0] ?? "").map(({ pattern }) => pattern);
    return { Effect: "Allow", Action, Resource: more.length === 0 ? first : [first, ...more] };
  });
}

/** The permissions that these uses need, each once, sorted. */
export function permissionsFor(table: PermissionTable, uses: readonly Use[]): readonly string[] {
  const needed = Object.values(table).flatMap((action) => uses.flatMap((use) => action[use] ?? []));
  return [...new Set(needed)].toSorted();
}
