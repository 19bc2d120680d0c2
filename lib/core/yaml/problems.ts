import { InputError } from "../errors.ts";

/** Where something stands in a file; line and column count from 1. */
export interface Position {
  readonly path: string;
  readonly line: number;
  readonly column: number;
}

/** Collects what is wrong with files, so that all of it is said at once. */
export interface Problems {
  add(position: Position, message: string): void;
  /** Of what was meant as text and is none to YAML: that it may be no legal one is not said besides. */
  addText(position: Position, message: string): void;
  /** Of what is legal, and seldom what was meant. `rule` names what kind of thing it is. */
  warn(position: Position, message: string, rule: string, fix?: string): void;
  /** Of what people may want to know, and only where they ask for it. */
  note(position: Position, message: string, rule: string, fix?: string): void;
  readonly count: number;
  readonly warnings: readonly string[];
  /** What was warned of and noted, in the order of the places. */
  readonly remarks: readonly Remark[];
  /** Throws InputError with every problem, where there is one. */
  throwIfAny(): void;
}

/** Something that was warned of or noted. */
export interface Remark {
  readonly position: Position;
  readonly message: string;
  readonly rule: string;
  /** What to do about it, where that isn't the same for all of its rule. */
  readonly fix?: string | undefined;
}

/** Problems that are said. A file with thousands of mistakes is one mistake; nobody reads on. */
export const MOST_SAID = 200;

/** `remarks`: what was warned of before. */
export function collectProblems(remarks: readonly Remark[] = []): Problems {
  const problems: Problem[] = [];
  const warnings = [...remarks];
  const notes: Remark[] = [];
  return {
    add: (position, message) => void problems.push({ position, message }),
    addText: (position, message) => void problems.push({ position, message, isText: true }),
    warn: (position, message, rule, fix) => void warnings.push({ position, message, rule, fix }),
    note: (position, message, rule, fix) => void notes.push({ position, message, rule, fix }),
    get count() {
      return problems.length;
    },
    get warnings() {
      return lines(warnings);
    },
    get remarks() {
      return inOrder([...warnings, ...notes]);
    },
    throwIfAny() {
      if (problems.length === 0) return;
      const all = lines(problems);
      const said = all.slice(0, MOST_SAID);
      if (all.length > MOST_SAID) said.push(`and ${all.length - MOST_SAID} more problems`);
      throw new InputError(said.join("\n"));
    },
  };
}

interface Problem {
  readonly position: Position;
  readonly message: string;
  readonly isText?: true;
}

const textOf = ({ path, line, column }: Position): string => `${path}:${line}:${column}`;

/** In the order of files as they were read, and of places in them; each line once. */
function lines(problems: readonly Problem[]): string[] {
  const texts = new Set(problems.flatMap(({ position, isText }) => (isText === true ? [textOf(position)] : [])));
  const said = inOrder(problems).filter(({ position, isText }) => isText === true || !texts.has(textOf(position)));
  return [...new Set(said.map(({ position, message }) => `${textOf(position)}: ${message}`))];
}

function inOrder<One extends Pick<Problem, "position">>(problems: readonly One[]): readonly One[] {
  const files = new Map<string, number>();
  for (const { position } of problems) if (!files.has(position.path)) files.set(position.path, files.size);
  const orderOf = ({ path }: Position): number => files.get(path) ?? 0;
  return problems.toSorted(({ position: a }, { position: b }) => {
    return orderOf(a) - orderOf(b) || a.line - b.line || a.column - b.column;
  });
}
