import { RE2JS, RE2JSException } from "re2js";
import type { TextLimits } from "../../contract.ts";
import type { CompiledPattern } from "../compiled.ts";
import { buildAutomaton, type Automaton } from "./automaton.ts";
import { checkPaths } from "./check-paths.ts";
import { hasLegalWord } from "./legal-word.ts";
import { nativeSource } from "./native.ts";
import { parsePattern } from "./parse.ts";
import { shareBeginnings } from "./share-beginnings.ts";
import { PatternError, type PatternNode } from "./syntax-tree.ts";

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
    const { tree, automaton } = checked(parsePattern(text));
    if (!hasLegalWord(automaton)) return { problem: "matches no value, or only blank ones" };
    return {
      pattern: { text, source: `^(?:${nativeSource(tree)})$`, flags: "u" },
      canMatch: (limits) => hasLegalWord(automaton, limits),
    };
  } catch (error) {
    if (error instanceof PatternError) return { problem: error.message };
    throw error;
  }
}

/**
 * The pattern as it is written where that is proved to be quick, else with shared beginnings: a compiled pattern shouldn't
 * change without need, since policies are called by a hash of what they are compiled to.
 */
function checked(written: PatternNode): { readonly tree: PatternNode; readonly automaton: Automaton } {
  try {
    return proved(written);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    return proved(shareBeginnings(written));
  }
}

function proved(tree: PatternNode): { readonly tree: PatternNode; readonly automaton: Automaton } {
  const automaton = buildAutomaton(tree);
  checkPaths(automaton);
  return { tree, automaton };
}
