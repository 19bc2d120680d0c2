import { RE2JS, RE2JSException } from "re2js";
import type { TextLimits } from "../../contract.ts";
import type { CompiledPattern } from "../compiled.ts";
import { buildAutomaton } from "./automaton.ts";
import { checkPaths } from "./check-paths.ts";
import { hasLegalWord } from "./legal-word.ts";
import { nativeSource } from "./native.ts";
import { parsePattern } from "./parse.ts";
import { PatternError } from "./syntax-tree.ts";

/** A pattern as native regular expression, or why it can't be one, as a sentence fragment. */
export type PatternResult =
  | {
      readonly pattern: CompiledPattern;
      /** Whether some value within these limits matches; `false` is certain, `true` may be a doubt. */
      readonly canMatch: (limits: TextLimits) => boolean;
    }
  | { readonly problem: string };

const LONGEST = 1_000;

/**
 * Translates a RE2 pattern into a native regular expression that accepts the same whole values, and runs in linear
 * time although the native matcher backtracks.
 */
export function compilePattern(text: string): PatternResult {
  if (text.length > LONGEST) return { problem: `is longer than ${LONGEST} characters` };
  try {
    RE2JS.compile(text);
  } catch (error) {
    if (error instanceof RE2JSException) return { problem: `is not RE2 syntax: ${error.message}` };
    throw error;
  }
  try {
    const parsed = parsePattern(text);
    const automaton = buildAutomaton(parsed);
    checkPaths(automaton);
    if (!hasLegalWord(automaton)) return { problem: "matches no value, or only blank ones" };
    return {
      pattern: { text, source: `^(?:${nativeSource(parsed)})$`, flags: "u" },
      canMatch: (limits) => hasLegalWord(automaton, limits),
    };
  } catch (error) {
    if (error instanceof PatternError) return { problem: error.message };
    throw error;
  }
}
