/** How Resource Center stands in the accounts. */
export interface ResourceCenterState {
  /** Accounts that have not enabled it. */
  readonly offIn?: readonly string[];
  /** By account, globs of the types that its keys may see; all by default. */
  readonly sees?: Readonly<Record<string, readonly string[]>>;
  /** Whether GetResourceCounts leaves out what the caller may not see. It isn't documented: false by default. */
  readonly countsWhatIsSeen?: boolean;
}
