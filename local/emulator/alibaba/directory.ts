import type { Keyring } from "../keyring.ts";

/** An account in the resource directory, beside the one that manages it. */
export interface DirectoryMember {
  readonly account: string;
  /** Ids of the folders that it lies in, the outermost first; none = it lies in the root. */
  readonly folders?: readonly string[];
  /** `created` by default. */
  readonly joined?: "created" | "invited";
  /** `CreateSuccess` by default, or `InviteSuccess`. */
  readonly status?: string;
  /** Whether its roles trust the account that manages the directory: true by default. */
  readonly trusts?: boolean;
}

/** A resource directory of Alibaba Cloud accounts. */
export interface Directory {
  readonly management: string;
  readonly members: readonly DirectoryMember[];
  /** Names of roles that each member has beside `tagwarden`. */
  readonly roles?: readonly string[];
}

/** Without one of its own making, all accounts are in it, and the first manages it. */
export function directoryOf(cloud: {
  readonly directory?: Directory | undefined;
  readonly keyring: Keyring;
}): Directory {
  if (cloud.directory !== undefined) return cloud.directory;
  const [management = "", ...others] = cloud.keyring.accounts("alibaba").map(({ account }) => account);
  return { management, members: others.map((account) => ({ account })) };
}

/** The role with every right that members have that were created in the directory, in any spelling. */
const DEFAULT_ROLE = "resourcedirectoryaccountaccessrole";

/** Whether an account has a role of that name. Names are compared without their case. */
export function hasRole(directory: Directory, account: string, role: string): boolean {
  const name = role.toLowerCase();
  if (name === "tagwarden") return true;
  const member = directory.members.find((one) => one.account === account);
  if (member === undefined) return false;
  if (name === DEFAULT_ROLE) return (member.joined ?? "created") === "created";
  return (directory.roles ?? []).some((one) => one.toLowerCase() === name);
}

/** Whether the roles of an account trust those of another. */
export function isTrusted(directory: Directory, account: string, caller: string): boolean {
  if (caller === account) return true;
  const member = directory.members.find((one) => one.account === account);
  return caller === directory.management && member !== undefined && member.trusts !== false;
}
