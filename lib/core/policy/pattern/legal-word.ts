import { textProblem, type TextLimits } from "../../contract.ts";
import { charKinds, END, type Automaton, type CharKind } from "./automaton.ts";

/** What may be read next, how much of a forbidden prefix is there, and whether there is more than white space. */
interface State {
  readonly places: ReadonlySet<number>;
  readonly prefix: string | undefined;
  readonly blank: boolean;
}

const MOST_STATES = 20_000;
/** So many characters of one kind are tried before it counts as one that may or may not hold a legal one. */
const MOST_TRIED = 3_000;

const ANY: TextLimits = { minLength: 0, maxLength: Number.MAX_SAFE_INTEGER, forbiddenPrefixes: [], forbiddenParts: [] };

/**
 * Whether some value that isn't blank matches the automaton and is within the limits (any value, without limits).
 * `false` is certain; where it is hard to tell, the answer is `true`.
 */
export function hasLegalWord(automaton: Automaton, limits: TextLimits = ANY): boolean {
  const letters = charKinds(automaton.sets).map((kind) => ({ kind, ...legalCharacters(kind, limits) }));
  if (letters.some(({ unsure }) => unsure)) return true;
  let states: State[] = [{ places: new Set(automaton.start.keys()), prefix: "", blank: true }];
  const seen = new Set<string>();
  for (let length = 0; states.length > 0; length++) {
    if (states.some(({ places, blank }) => places.has(END) && !blank && length >= limits.minLength)) return true;
    if (length >= limits.maxLength) return false;
    const counted = Math.min(length + 1, limits.minLength);
    states = states.flatMap((state) =>
      letters
        .flatMap((letter) => successors(automaton, state, letter, limits))
        .filter((reached) => {
          const key = JSON.stringify([
            [...reached.places].sort((a, b) => a - b),
            reached.prefix,
            reached.blank,
            counted,
          ]);
          return !seen.has(key) && seen.add(key);
        }),
    );
    if (seen.size > MOST_STATES) return true;
  }
  return false;
}

interface Letter {
  readonly kind: CharKind;
  readonly characters: readonly string[];
}

function successors(automaton: Automaton, state: State, letter: Letter, limits: TextLimits): State[] {
  const places = step(automaton, state.places, letter.kind);
  if (places.size === 0) return [];
  return letter.characters.flatMap((character) => {
    const prefix = nextPrefix(state.prefix, character, limits);
    if (prefix === "forbidden") return [];
    return [{ places, prefix: prefix.text, blank: state.blank && character.trim() === "" }];
  });
}

function step(automaton: Automaton, places: ReadonlySet<number>, kind: CharKind): ReadonlySet<number> {
  const next = new Set<number>();
  for (const place of places) {
    if (place === END || kind.heldBy[automaton.reads[place] ?? -1] !== true) continue;
    for (const to of automaton.after(place).keys()) next.add(to);
  }
  return next;
}

/** The legal characters of a kind that differ in what they may lead to: those of prefixes, a space, and one other. */
function legalCharacters(kind: CharKind, limits: TextLimits): { characters: string[]; unsure: boolean } {
  const special = new Set(`${limits.forbiddenPrefixes.join("")} `);
  const characters: string[] = [];
  let others = 0;
  let tried = 0;
  for (const [low, high] of kind.ranges) {
    for (let code = low; code <= high; code++) {
      if (++tried > MOST_TRIED) return { characters, unsure: characters.length === 0 };
      const character = String.fromCodePoint(code);
      const isSpecial = special.has(character.toLowerCase());
      if (!isSpecial && others > 0) continue;
      const alone = { ...limits, minLength: 0, maxLength: 1, forbiddenPrefixes: [], forbiddenParts: [] };
      if (textProblem(character, alone) !== undefined) continue;
      characters.push(character);
      if (!isSpecial && character.trim() !== "") others += 1;
    }
  }
  return { characters, unsure: false };
}

function nextPrefix(
  before: string | undefined,
  character: string,
  { forbiddenPrefixes: forbidden, prefixCase }: TextLimits,
): "forbidden" | { readonly text: string | undefined } {
  if (before === undefined) return { text: undefined };
  const text = before + (prefixCase === "exact" ? character : character.toLowerCase());
  if (forbidden.includes(text)) return "forbidden";
  return { text: forbidden.some((prefix) => prefix.startsWith(text)) ? text : undefined };
}
