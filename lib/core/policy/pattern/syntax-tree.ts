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
  /** `max` undefined = without end. */
  | { readonly kind: "repeat"; readonly item: PatternNode; readonly min: number; readonly max: number | undefined }
  | { readonly kind: "assert"; readonly native: string };

/** Why a pattern can't be translated; caught in compile.ts, so that the parser needn't hand it up by itself. */
export class PatternError extends Error {
  override readonly name = "PatternError";
}
