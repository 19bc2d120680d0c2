/** What TMS' pages leave open, or say in different ways, and how the emulated one has it. */
export interface TmsState {
  /** Whether the resources of one call may be of several types: true by default. */
  readonly mixesTypes?: boolean;
  /** Whether a type that TMS doesn't know refuses the call, which is the default, or fails its own entry alone. */
  readonly unknownTypeFails?: "call" | "entry";
  /** 50 by default; the SDK's text has 20. */
  readonly resourcesPerCall?: number;
  /** 10 by default. */
  readonly tagsPerResource?: number;
  /** How long tags of types that are tagged asynchronously take to be there, in milliseconds: 10 seconds by default. */
  readonly slowMs?: number;
  /** Whether types have the names of older pages (`vpc`, `subnet`, `DNS-public_zone`): false by default. */
  readonly olderNames?: boolean;
}
