import { format } from "node:util";
import type { expect } from "vitest";

export interface CollectedTest {
  readonly name: string;
  readonly run: () => Promise<void>;
}

type Body = (...row: unknown[]) => unknown;
type Each = (rows: readonly unknown[]) => (name: string, body: Body) => void;
type Define = ((name: string, body: Body) => void) & { each: Each };
type Hook = () => unknown;

/** What the tests use of vitest. */
export interface TestGlobals {
  readonly expect: typeof expect;
  readonly test: Define;
  readonly it: Define;
  readonly describe: Define;
  readonly beforeAll: (hook: Hook) => void;
  readonly afterAll: (hook: Hook) => void;
  readonly beforeEach: (hook: Hook) => void;
  readonly afterEach: (hook: Hook) => void;
  readonly onTestFinished: (hook: Hook) => void;
}

/** A file, or a group of tests in it, with what is to be done before and after them. */
class Scope {
  readonly beforeAll: Hook[] = [];
  readonly afterAll: Hook[] = [];
  readonly beforeEach: Hook[] = [];
  readonly afterEach: Hook[] = [];
  readonly path: readonly string[];
  readonly outer: readonly Scope[];
  isOpen = false;

  constructor(outer: readonly Scope[], path: readonly string[]) {
    this.outer = outer;
    this.path = path;
  }
}

export interface Collected {
  readonly tests: readonly CollectedTest[];
  /** What is defined from here on belongs to another file. */
  readonly beginFile: () => void;
  /** Closes what the tests that ran have opened for all of their file or group. */
  readonly close: () => Promise<void>;
  readonly globals: Omit<TestGlobals, "expect">;
}

/** Records the tests of a file, or of several, as they are defined. */
export function collectTests(): Collected {
  const tests: CollectedTest[] = [];
  const opened: Scope[] = [];
  let scope = new Scope([], []);
  let finishing: Hook[] = [];

  async function runIn(scopes: readonly Scope[], body: Hook): Promise<void> {
    for (const one of scopes) {
      if (one.isOpen) continue;
      one.isOpen = true;
      opened.push(one);
      for (const hook of one.beforeAll) await hook();
    }
    finishing = [];
    try {
      for (const one of scopes) for (const hook of one.beforeEach) await hook();
      await body();
    } finally {
      for (const hook of finishing.toReversed()) await hook();
      for (const one of scopes.toReversed()) for (const hook of one.afterEach) await hook();
    }
  }

  const define = (name: string, body: Body) => {
    const full = [...scope.path, name].join(" > ");
    const same = tests.filter((other) => other.name === full || other.name.startsWith(`${full} #`)).length;
    const scopes = [...scope.outer, scope];
    tests.push({ name: same === 0 ? full : `${full} #${same + 1}`, run: () => runIn(scopes, () => body()) });
  };
  const group = (name: string, body: Body) => {
    const before = scope;
    scope = new Scope([...before.outer, before], [...before.path, name]);
    body();
    scope = before;
  };
  const each =
    (one: (name: string, body: Body) => void): Each =>
    (rows) =>
    (name, body) => {
      for (const row of rows) {
        const values: readonly unknown[] = Array.isArray(row) ? row : [row];
        one(format(name, ...values), () => body(...values));
      }
    };
  const test = Object.assign(define, { each: each(define) });
  return {
    tests,
    beginFile: () => {
      scope = new Scope([], []);
    },
    close: async () => {
      for (const one of opened.splice(0).toReversed()) for (const hook of one.afterAll) await hook();
    },
    globals: {
      test,
      it: test,
      describe: Object.assign(group, { each: each(group) }),
      beforeAll: (hook) => void scope.beforeAll.push(hook),
      afterAll: (hook) => void scope.afterAll.push(hook),
      beforeEach: (hook) => void scope.beforeEach.push(hook),
      afterEach: (hook) => void scope.afterEach.push(hook),
      onTestFinished: (hook) => void finishing.push(hook),
    },
  };
}
