import type { TagProvider } from "../app/ports/provider.ts";
import type { AccountConfig } from "../core/config/config.ts";
import type { TypeContract } from "../core/contract.ts";
import type { ResourceType } from "../core/resource.ts";
import type { ClientDeps } from "./client-deps.ts";
import type { PermissionTable, PlacesOf } from "./permission.ts";

/** The configuration of an account, by the name of its cloud. */
export type AccountOf = { readonly [Account in AccountConfig as Account["provider"]]: Account };

/** What an account has to allow. */
export interface Rights {
  /** For each of our calls. */
  readonly permissions: PermissionTable;
  /** Where each of them is allowed, in an account; `*` for any account. */
  readonly placesOf: PlacesOf;
  /** The policy, in the cloud's own form, that allows these actions in an account and no others. */
  readonly permissionDocument: (actions: readonly string[], account: string) => unknown;
}

/** All that tagwarden knows of one cloud, but for its events. `providers/NAME/index.ts` holds one. */
export interface Cloud<Account = AccountConfig> extends Rights {
  /** What can be tagged, and within which limits. */
  readonly contracts: readonly TypeContract[];
  /** The provider of a configured account. It fetches credentials and connects only when it is first called. */
  readonly create: (account: Account, deps: ClientDeps) => TagProvider;
  /** Types that are known to take tags, for accounts that ask for them; absent = none. */
  readonly typesToAskFor?: ReadonlySet<ResourceType>;
  /** What else the cloud calls types, in lower case, with their names here; absent = nothing. */
  readonly otherNames?: ReadonlyMap<string, ResourceType>;
  /** The rights of an account whose `types` are these; undefined where they are no others. Absent = they never are. */
  readonly rightsOf?: (types: readonly string[]) => Rights | undefined;
}
