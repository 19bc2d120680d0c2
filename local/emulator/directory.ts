import type { ProviderName } from "../../lib/core/resource.ts";
import type { Keyring } from "./keyring.ts";

/** An account in a cloud's organization, beside the one that manages it. */
export interface DirectoryMember {
  readonly account: string;
  /** Ids of the folders that it lies in, the outermost first; none = it lies in the root. */
  readonly folders?: readonly string[];
  /** `created` by default. */
  readonly joined?: "created" | "invited";
  /** What the cloud says of a member that is well, by default. */
  readonly status?: string;
  /** Whether its roles trust the account that manages the organization: true by default. */
  readonly trusts?: boolean;
}

/** An organization of accounts: a resource directory on Alibaba Cloud. */
export interface Directory {
  readonly management: string;
  readonly members: readonly DirectoryMember[];
  /** Names of roles (agencies on Huawei Cloud) that each member has beside `tagwarden`. */
  readonly roles?: readonly string[];
}

/** Without one of its own making, all accounts of the cloud are in it, and the first manages it. */
export function directoryOf(provider: ProviderName, own: Directory | undefined, keyring: Keyring): Directory {
  if (own !== undefined) return own;
  const [management = "", ...others] = keyring.accounts(provider).map(({ account }) => account);
  return { management, members: others.map((account) => ({ account })) };
}

/** How a cloud names roles. */
export interface RoleNames {
  /** The role with every right that members have that were created in the organization. */
  readonly usual: string;
  readonly inAnyCase: boolean;
}

/** Whether an account has a role of that name. */
export function hasRole(directory: Directory, account: string, role: string, names: RoleNames): boolean {
  const spelled = (name: string): string => (names.inAnyCase ? name.toLowerCase() : name);
  const name = spelled(role);
  if (name === "tagwarden") return true;
  const member = directory.members.find((one) => one.account === account);
  if (member === undefined) return false;
  if (name === spelled(names.usual)) return (member.joined ?? "created") === "created";
  return (directory.roles ?? []).some((one) => spelled(one) === name);
}

/** Whether the roles of an account trust those of another. */
export function isTrusted(directory: Directory, account: string, caller: string): boolean {
  if (caller === account) return true;
  const member = directory.members.find((one) => one.account === account);
  return caller === directory.management && member !== undefined && member.trusts !== false;
}
