/** How Huawei Cloud's Config stands in the accounts. */
export interface RecorderState {
  /** Accounts whose resource recorder was turned off at the start: what they list is as it was then. */
  readonly offIn?: readonly string[];
  /** Accounts whose recorder has never been on: they list nothing. */
  readonly neverOnIn?: readonly string[];
  /** By account the types that its recorder covers, by Config's names (`ecs.cloudServers`); all by default. */
  readonly covers?: Readonly<Record<string, readonly string[]>>;
  /** By account, globs of the types that its keys may see; all by default. */
  readonly sees?: Readonly<Record<string, readonly string[]>>;
}

/** Whether the account's recorder records nothing any more. */
export function isOff(state: RecorderState | undefined, account: string): boolean {
  return state?.offIn?.includes(account) === true || isUnused(state, account);
}

export function isUnused(state: RecorderState | undefined, account: string): boolean {
  return state?.neverOnIn?.includes(account) === true;
}
