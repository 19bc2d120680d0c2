import { RE2JS, RE2JSException } from "re2js";
import type { TextLimits } from "../../contract.ts";
import type { CompiledPattern } from "../compiled.ts";
import { buildAutomaton, type Automaton } from "./automaton.ts";
import { AmbiguousPattern, checkPaths, NARROW, WIDE, type PathLimits } from "./check-paths.ts";
import { advice, culpritsOf } from "./culprits.ts";
import { takesEverything } from "./everything.ts";
import { hasLegalWord } from "./legal-word.ts";
import { nativeSource } from "./native.ts";
import { outlineOf, type Outline } from "./outline.ts";
import { parsePattern } from "./parse.ts";
import { shareBeginnings } from "./share-beginnings.ts";
import { PatternError, type PatternNode } from "./syntax-tree.ts";

/** A pattern as native regular expression, or why it can't be one, as a sentence fragment. */
export type PatternResult =
  | {
      readonly pattern: CompiledPattern;
      /** Whether some value within these limits matches; `false` is certain, `true` may be a doubt. */
      readonly canMatch: (limits: TextLimits) => boolean;
      /** What its values have in common; found when somebody asks first. */
      readonly outline: () => Outline | undefined;
      /** Whether it says nothing: every value of one line matches. */
      readonly isEverything: boolean;
    }
  | { readonly problem: string };

const LONGEST = 1_000;

/**
 * Translates a RE2 pattern into a native regular expression that accepts the same whole values, and runs in linear
 * time although the native matcher backtracks.
 */
export function compilePattern(text: string, { ignoreCase = false } = {}): PatternResult {
  const parse = (): PatternNode => parsePattern(text, { fold: ignoreCase });
  if (text.length > LONGEST) return { problem: `is longer than ${LONGEST} characters` };
  try {
    RE2JS.compile(text);
  } catch (error) {
    if (error instanceof RE2JSException) {
      return { problem: `is not RE2 syntax: ${notInRe2(text) ?? error.message}` };
    }
    throw error;
  }
  try {
    const { tree, automaton } = checked(parse());
    if (!hasLegalWord(automaton)) return { problem: "matches no value, or only blank ones" };
    let outline: Outline | undefined;
    return {
      pattern: { text, source: `^(?:${nativeSource(tree)})$`, flags: "u", ...(ignoreCase && { ignoreCase }) },
      canMatch: (limits) => hasLegalWord(automaton, limits),
      outline: () => (outline ??= outlineOf(tree)),
      isEverything: takesEverything(tree),
    };
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    return { problem: (error instanceof AmbiguousPattern ? blame(text, parse()) : undefined) ?? error.message };
  }
}

/** What people bring from other languages of patterns, and what is there instead. */
function notInRe2(text: string): string | undefined {
  const [look] = /\(\?<?[=!](?:[^()\\]|\\.)*\)?/u.exec(text) ?? [];
  if (look !== undefined) {
    return `\`${look}\` looks around, which RE2 can't: say what the value is, or name the bad ones in a policy of their own`;
  }
  const [again] = /\\[1-9]|\\k<\w+>/.exec(text.replaceAll("\\\\", "  ")) ?? [];
  if (again !== undefined)
    return `\`${again}\` stands for what a group has read, which RE2 can't compare: write it out`;
  const [, repeated] = /(?:^|\((?!\?)|\|)([*+?])/.exec(text.replaceAll(/\\./gsu, "  ")) ?? [];
  if (repeated === undefined) return undefined;
  const instead = repeated === "*" ? "any text write `.*`" : `the sign itself write \`\\${repeated}\``;
  return `\`${repeated}\` repeats what stands before it, and nothing does: for ${instead}`;
}

/** Which repetitions are to blame that a text can be read in too many ways. */
function blame(text: string, tree: PatternNode): string | undefined {
  const found = advice(text, culpritsOf(tree, isQuick));
  return found === undefined ? undefined : `could take more than linear time: ${found}`;
}

function isQuick(tree: PatternNode): boolean {
  try {
    proved(tree, NARROW);
    return true;
  } catch (error) {
    if (error instanceof PatternError) return false;
    throw error;
  }
}

interface Proved {
  readonly tree: PatternNode;
  readonly automaton: Automaton;
}

/**
 * The pattern as it is written where that is proved to be quick, else with shared beginnings: a compiled pattern shouldn't
 * change without need, since policies are called by a hash of what they are compiled to.
 */
function checked(written: PatternNode): Proved {
  return (
    provedOrNot(() => proved(written, NARROW)) ??
    provedOrNot(() => proved(shareBeginnings(written), NARROW)) ??
    proved(shareBeginnings(written), WIDE)
  );
}

function provedOrNot(prove: () => Proved): Proved | undefined {
  try {
    return prove();
  } catch (error) {
    if (error instanceof PatternError) return undefined;
    throw error;
  }
}

function proved(tree: PatternNode, limits: PathLimits): Proved {
  const automaton = buildAutomaton(tree);
  checkPaths(automaton, limits);
  return { tree, automaton };
}
