import { createRequire } from "node:module";
import { cwd, env, hrtime } from "node:process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { glob } from "node:fs/promises";
import { resolve } from "node:path";
import { Script } from "node:vm";
import { build, type Plugin } from "esbuild";
import * as fc from "fast-check";
import { expect } from "vitest";
import { mutationParts } from "./parts.ts";
import { collectTests, type CollectedTest, type TestGlobals } from "./collect-tests.ts";

// The same inputs for each mutant, so that a score can be repeated, and no shrinking: one counterexample is enough.
fc.configureGlobal({ seed: 7, endOnFailure: true, numRuns: 40 });

/** What the run without a mutant showed, by test. */
interface DryRun {
  /** Milliseconds. The fast tests go first, because the first that fails is enough. */
  readonly times: Readonly<Record<string, number>>;
  /** By mutant: how often it was passed. */
  readonly hits: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** In the copy of the checkout that Stryker makes for its run. */
const DRY_RUN_FILE = "mutation-dry-run.json";
/** As Stryker has it for all tests together. */
const HIT_LIMIT_FACTOR = 100;
const FEWEST_TICKS = 100_000;

/** What Stryker's instrumented code reads and writes; https://stryker-mutator.io/docs/mutation-testing-elements/mutant-states-and-metrics */
interface StrykerState {
  activeMutant?: string | undefined;
  currentTestId?: string | undefined;
  hitCount?: number | undefined;
  hitLimit?: number | undefined;
  mutantCoverage?: { readonly perTest: DryRun["hits"] } | undefined;
}

interface MutantRun {
  readonly activeMutant: { readonly id: string };
  readonly mutantActivation: "static" | "runtime";
  readonly testFilter?: readonly string[];
  readonly hitLimit?: number;
}

/**
 * Runs the tests of a part in Stryker's own process: they are bundled once and evaluated anew for each mutant, so that
 * nothing is remembered from one to the next. That takes a tenth of the time of starting vitest for each.
 */
function inProcessRunner() {
  let bundled: string;
  let known: DryRun = { times: {}, hits: {} };

  /** Where a test runs through a mutant so much more often than through the original, it is in an endless loop. */
  const hitLimitOf = (test: string, mutant: string, otherwise?: number) => {
    const hits = known.hits[test]?.[mutant];
    return hits === undefined ? otherwise : hits * HIT_LIMIT_FACTOR;
  };
  const ticksOf = (test: string) => Object.values(known.hits[test] ?? {}).reduce((sum, hits) => sum + hits, 0);
  const state: StrykerState = ((globalThis as { __stryker__?: StrykerState }).__stryker__ ??= {});

  /** Counts the blocks that a mutant runs through, so that an endless loop ends by count, on a busy machine as on an idle one. */
  const ticks = {
    count: 0,
    most: Infinity,
    stop() {
      throw new Error("endless loop");
    },
  };

  /** Evaluates the bundle, and with it every module that is mutated. */
  function load(source: string): readonly CollectedTest[] {
    const { tests, globals } = collectTests();
    const evaluate = new Script(source, { filename: "tests-of-this-part.js" }).runInThisContext() as (
      require: NodeJS.Require,
      vitest: TestGlobals,
      counter: typeof ticks,
    ) => void;
    evaluate(createRequire(resolve(cwd(), "package.json")), { ...globals, expect }, ticks);
    return tests;
  }

  return {
    capabilities: () => ({ reloadEnvironment: true }),

    async init() {
      const tests = Object.entries(mutationParts).filter(([part]) => part === (env["PART"] ?? part));
      const files: string[] = [];
      for await (const file of glob(tests.flatMap(([, part]) => part.tests))) files.push(file);
      bundled = await bundle(files.sort());
      // A process that takes the place of one that had to be stopped goes by the dry run of its predecessor.
      if (existsSync(DRY_RUN_FILE)) known = JSON.parse(readFileSync(DRY_RUN_FILE, "utf8")) as DryRun;
    },

    async dryRun() {
      Object.assign(state, { activeMutant: undefined, hitCount: undefined, mutantCoverage: undefined });
      const results = [];
      const times: Record<string, number> = {};
      for (const test of load(bundled)) {
        state.currentTestId = test.name;
        const begun = hrtime.bigint();
        const failure = await failureOf(test);
        const timeSpentMs = Number(hrtime.bigint() - begun) / 1e6;
        times[test.name] = timeSpentMs;
        state.currentTestId = undefined;
        const ending = failure === undefined ? { status: 0 } : { status: 1, failureMessage: failure };
        results.push({ id: test.name, name: test.name, timeSpentMs, ...ending });
      }
      known = { times, hits: state.mutantCoverage?.perTest ?? {} };
      writeFileSync(DRY_RUN_FILE, JSON.stringify(known));
      return { status: "complete", tests: results, mutantCoverage: state.mutantCoverage };
    },

    async mutantRun({ activeMutant, mutantActivation, testFilter, hitLimit }: MutantRun) {
      state.hitCount = 0;
      state.hitLimit = hitLimit;
      state.activeMutant = mutantActivation === "static" ? activeMutant.id : undefined;
      let nrOfTests = 0;
      try {
        const tests = load(onlyMutant(bundled, activeMutant.id)).toSorted(
          (a, b) => (known.times[a.name] ?? 0) - (known.times[b.name] ?? 0),
        );
        state.activeMutant = activeMutant.id;
        const wanted = new Set(testFilter ?? tests.map(({ name }) => name));
        for (const test of tests) {
          if (!wanted.has(test.name)) continue;
          nrOfTests += 1;
          state.hitCount = 0;
          state.hitLimit = hitLimitOf(test.name, activeMutant.id, hitLimit);
          ticks.count = 0;
          ticks.most = Math.max(FEWEST_TICKS, ticksOf(test.name) * HIT_LIMIT_FACTOR);
          const failureMessage = await failureOf(test);
          if (ticks.count > ticks.most) return { status: "timeout", reason: "an endless loop" };
          if (state.hitLimit !== undefined && state.hitCount > state.hitLimit)
            return { status: "timeout", reason: "an endless loop through the mutant" };
          if (failureMessage !== undefined)
            return { status: "killed", killedBy: [test.name], failureMessage, nrOfTests };
        }
      } catch (error) {
        return { status: "killed", killedBy: [], failureMessage: String(error), nrOfTests };
      }
      return { status: "survived", nrOfTests };
    },
  };
}

/** The bundle without the other mutants, and with ticks in place of the counting of what covers them, which takes most of the time. */
function onlyMutant(source: string, mutant: string): string {
  return source
    .replaceAll(/\bstryMutAct_\w+\("(\d+)"\)/g, (call, id) => (id === mutant ? call : "false"))
    .replaceAll(/\bstryCov_\w+\((?:"\d+"(?:, )?)+\)/g, "(++ticks.count <= ticks.most || ticks.stop())");
}

async function failureOf({ run }: CollectedTest): Promise<string | undefined> {
  try {
    await run();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** All of the tests and what they import of the project, as a function of `require` and what `vitest` exports. */
async function bundle(files: readonly string[]): Promise<string> {
  const collected: Plugin = {
    name: "collect tests",
    setup(building) {
      building.onResolve({ filter: /^vitest$/ }, () => ({ path: "vitest", namespace: "collected" }));
      building.onLoad({ filter: /.*/, namespace: "collected" }, () => ({
        contents: "module.exports = vitestGlobals;",
      }));
    },
  };
  const { outputFiles } = await build({
    stdin: { contents: files.map((file) => `import ${JSON.stringify(`./${file}`)};`).join("\n"), resolveDir: cwd() },
    bundle: true,
    write: false,
    platform: "node",
    format: "cjs",
    target: "node24",
    packages: "external",
    logLevel: "error",
    plugins: [collected],
  });
  return `(function (require, vitestGlobals, ticks) { const module = { exports: {} }, exports = module.exports; ${outputFiles[0]?.text ?? ""}\n})`;
}

export const strykerPlugins = [{ kind: "TestRunner", name: "in-process", factory: inProcessRunner }];
