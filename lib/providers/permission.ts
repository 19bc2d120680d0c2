/** What an account must allow before one of our calls succeeds. */
export interface ActionPermissions {
  /** In the provider's own words, e.g. `apigateway:TagResources`. */
  readonly permissions: readonly string[];
  /** Whether the call changes anything. */
  readonly writes: boolean;
}

/** By our name of the call, e.g. `alibaba:apigateway:TagResources`. */
export type PermissionTable = Readonly<Record<string, ActionPermissions>>;

export function reading(...permissions: readonly string[]): ActionPermissions {
  return { permissions, writes: false };
}

export function writing(...permissions: readonly string[]): ActionPermissions {
  return { permissions, writes: true };
}
