import type { CharSet } from "./char-set.ts";

/**
 * What a pattern means. Groups don't capture, and nothing is lazy: whether a whole value matches depends on neither.
 */
export type PatternNode =
  | { readonly kind: "empty" }
  | {
      readonly kind: "set";
      readonly set: CharSet;
      /** A native expression for exactly these characters, where ranges would be long. */
      readonly native?: string;
    }
  | { readonly kind: "concat"; readonly items: readonly PatternNode[] }
  | { readonly kind: "alternate"; readonly items: readonly PatternNode[] }
  | Repeat
  | { readonly kind: "assert"; readonly native: string };

export interface Repeat {
  readonly kind: "repeat";
  readonly item: PatternNode;
  readonly min: number;
  /** undefined = without end. */
  readonly max: number | undefined;
  /** Where it stands in the pattern's text, for messages. */
  readonly at: readonly [from: number, to: number];
}

/** Why a pattern can't be translated; caught in compile.ts, so that the parser needn't hand it up by itself. */
export class PatternError extends Error {
  override readonly name = "PatternError";
}
