import { format } from "node:util";
import type { expect } from "vitest";

export interface CollectedTest {
  readonly name: string;
  readonly run: () => unknown;
}

type Body = (...row: unknown[]) => unknown;
type Each = (rows: readonly unknown[]) => (name: string, body: Body) => void;

/** What the tests use of vitest. */
export interface TestGlobals {
  readonly expect: typeof expect;
  readonly test: ((name: string, body: Body) => void) & { each: Each };
  readonly describe: ((name: string, body: Body) => void) & { each: Each };
}

/** Records the tests of a file, or of several, as they are defined. */
export function collectTests(): { tests: readonly CollectedTest[]; globals: Omit<TestGlobals, "expect"> } {
  const tests: CollectedTest[] = [];
  const path: string[] = [];
  const test = (name: string, body: Body) => {
    const full = [...path, name].join(" > ");
    const same = tests.filter((other) => other.name === full || other.name.startsWith(`${full} #`)).length;
    tests.push({ name: same === 0 ? full : `${full} #${same + 1}`, run: () => body() });
  };
  const describe = (name: string, body: Body) => {
    path.push(name);
    body();
    path.pop();
  };
  const each =
    (define: (name: string, body: Body) => void): Each =>
    (rows) =>
    (name, body) => {
      for (const row of rows) {
        const values: readonly unknown[] = Array.isArray(row) ? row : [row];
        define(format(name, ...values), () => body(...values));
      }
    };
  return {
    tests,
    globals: {
      test: Object.assign(test, { each: each(test) }),
      describe: Object.assign(describe, { each: each(describe) }),
    },
  };
}
