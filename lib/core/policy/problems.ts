import { InputError } from "../errors.ts";

/** Where something stands in a file; line and column count from 1. */
export interface Position {
  readonly path: string;
  readonly line: number;
  readonly column: number;
}

/** Collects what is wrong with policies, so that all of it is said at once. */
export interface Problems {
  add(position: Position, message: string): void;
  warn(position: Position, message: string): void;
  readonly count: number;
  readonly warnings: readonly string[];
  /** Throws InputError with every problem, where there is one. */
  throwIfAny(): void;
}

/** A policy with thousands of mistakes is one mistake; nobody reads on. */
const MOST = 200;

export function collectProblems(): Problems {
  const problems = new Set<string>();
  const warnings = new Set<string>();
  return {
    add: (position, message) => void problems.add(line(position, message)),
    warn: (position, message) => void warnings.add(line(position, message)),
    get count() {
      return problems.size;
    },
    get warnings() {
      return [...warnings];
    },
    throwIfAny() {
      if (problems.size === 0) return;
      const said = [...problems].slice(0, MOST);
      if (problems.size > MOST) said.push(`and ${problems.size - MOST} more problems`);
      throw new InputError(said.join("\n"));
    },
  };
}

function line({ path, line, column }: Position, message: string): string {
  return `${path}:${line}:${column}: ${message}`;
}
