import { createRequire } from "node:module";
import { cwd, env, hrtime } from "node:process";
import { readFileSync, writeFileSync } from "node:fs";
import { glob } from "node:fs/promises";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { constants, Script } from "node:vm";
import { build, type Plugin } from "esbuild";
import * as fc from "fast-check";
import { expect } from "vitest";
import { mutationParts } from "./parts.ts";
import { collectTests, type Collected, type CollectedTest, type TestGlobals } from "./collect-tests.ts";

// The same inputs for each mutant, so that a score can be repeated, and no shrinking: one counterexample is enough.
fc.configureGlobal({ seed: 7, endOnFailure: true, numRuns: 40 });

/** What the run without a mutant showed, by test. */
interface DryRun {
  /** Milliseconds. The fast tests go first, because the first that fails is enough. */
  readonly times: Readonly<Record<string, number>>;
  /** By mutant: how often it was passed. */
  readonly hits: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** How often any mutant was passed. */
  readonly ticks: Readonly<Record<string, number>>;
}

/** In the copy of the checkout that Stryker makes for its run. */
const DRY_RUN_FILE = "mutation-dry-run.json";
/** As Stryker has it for all tests together. */
const HIT_LIMIT_FACTOR = 100;

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
  const parts = Object.entries(mutationParts).flatMap(([name, part]) => (name === (env["PART"] ?? name) ? [part] : []));
  let bundled: string;
  let known: DryRun | undefined;
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
  function load(source: string): Collected {
    const collected = collectTests();
    const { beginFile, globals } = collected;
    const evaluate = new Script(source, {
      filename: resolve(cwd(), "tests-of-this-part.js"),
      // What is imported late.
      importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    }).runInThisContext() as (
      require: (name: string) => unknown,
      given: { readonly vitest: TestGlobals; readonly "fast-check": typeof fc; readonly beginFile: () => void },
      counter: typeof ticks,
    ) => void;
    evaluate(requireAny, { vitest: { ...globals, expect }, "fast-check": fc, beginFile }, ticks);
    const tests = collected.tests.filter(({ name }) => !parts.some(({ leftOut }) => leftOut?.test(name) === true));
    return { ...collected, tests };
  }

  return {
    capabilities: () => ({ reloadEnvironment: true }),

    async init() {
      const files: string[] = [];
      for await (const file of glob(parts.flatMap(({ tests }) => tests))) files.push(file);
      bundled = await bundle(files.sort());
    },

    async dryRun() {
      Object.assign(state, { activeMutant: undefined, hitCount: undefined, mutantCoverage: undefined });
      const results = [];
      const times: Record<string, number> = {};
      for (const { name } of load(bundled).tests) {
        // Evaluated anew for each, too, so that no test finds cached what another did.
        const { tests, close } = load(bundled);
        const test = tests.find((one) => one.name === name);
        if (test === undefined) continue;
        state.currentTestId = test.name;
        const begun = hrtime.bigint();
        const failure = await failureOf(test);
        await close();
        const timeSpentMs = Number(hrtime.bigint() - begun) / 1e6;
        times[test.name] = timeSpentMs;
        state.currentTestId = undefined;
        const ending = failure === undefined ? { status: 0 } : { status: 1, failureMessage: failure };
        results.push({ id: test.name, name: test.name, timeSpentMs, ...ending });
      }
      const hits = state.mutantCoverage?.perTest ?? {};
      known = { times, hits, ticks: mapValues(hits, (counts) => Object.values(counts).reduce((a, b) => a + b, 0)) };
      writeFileSync(DRY_RUN_FILE, JSON.stringify(known));
      return { status: "complete", tests: results, mutantCoverage: state.mutantCoverage };
    },

    async mutantRun({ activeMutant, mutantActivation, testFilter, hitLimit }: MutantRun) {
      state.hitCount = 0;
      state.hitLimit = hitLimit;
      state.activeMutant = mutantActivation === "static" ? activeMutant.id : undefined;
      // Only one of several processes makes the dry run, and one that had to be stopped is replaced.
      known ??= JSON.parse(readFileSync(DRY_RUN_FILE, "utf8")) as DryRun;
      const { times, hits, ticks: ticksOf } = known;
      ticks.count = 0;
      ticks.most = Infinity;
      let nrOfTests = 0;
      let close = async (): Promise<void> => {};
      try {
        const loaded = load(onlyMutant(bundled, activeMutant.id));
        ({ close } = loaded);
        const tests = loaded.tests.toSorted((a, b) => (times[a.name] ?? 0) - (times[b.name] ?? 0));
        state.activeMutant = activeMutant.id;
        const wanted = new Set(testFilter ?? tests.map(({ name }) => name));
        for (const test of tests) {
          if (!wanted.has(test.name)) continue;
          nrOfTests += 1;
          state.hitCount = 0;
          const ownHits = hits[test.name]?.[activeMutant.id];
          state.hitLimit = ownHits === undefined ? hitLimit : ownHits * HIT_LIMIT_FACTOR;
          ticks.count = 0;
          ticks.most = (ticksOf[test.name] ?? Infinity) * HIT_LIMIT_FACTOR;
          const failureMessage = await failureOf(test);
          if (ticks.count > ticks.most) return { status: "timeout", reason: "an endless loop" };
          if (state.hitLimit !== undefined && state.hitCount > state.hitLimit)
            return { status: "timeout", reason: "an endless loop through the mutant" };
          if (failureMessage !== undefined)
            return { status: "killed", killedBy: [test.name], failureMessage, nrOfTests };
        }
      } catch (error) {
        const failureMessage = `the tests can't be loaded: ${String(error)}`;
        if (mutantActivation === "static") return { status: "killed", killedBy: [], failureMessage, nrOfTests };
        return { status: "error", errorMessage: failureMessage };
      } finally {
        // What a mutant has broken may not let itself be closed; the tests have said what they found.
        await close().catch(() => undefined);
      }
      return { status: "survived", nrOfTests };
    },
  };
}

const require = createRequire(resolve(cwd(), "package.json"));

/** A package, also one that is there for `import` alone. */
function requireAny(name: string): unknown {
  try {
    return require(name);
  } catch (error) {
    const isForImport = error instanceof Error && "code" in error && error.code === "ERR_PACKAGE_PATH_NOT_EXPORTED";
    if (!isForImport) throw error;
    return require(fileURLToPath(import.meta.resolve(name)));
  }
}

/** The bundle without the other mutants, and with ticks in place of the counting of what covers them, which takes most of the time. */
function onlyMutant(source: string, mutant: string): string {
  return source
    .replaceAll(/\bstryMutAct_\w+\("(\d+)"\)/g, (call, id) => (id === mutant ? call : "false"))
    .replaceAll(/\bstryCov_\w+\((?:"\d+"(?:, )?)+\)/g, "(++ticks.count <= ticks.most || ticks.stop())");
}

function mapValues<From, To>(values: Readonly<Record<string, From>>, to: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, to(value)]));
}

async function failureOf({ run }: CollectedTest): Promise<string | undefined> {
  try {
    await run();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** All of the tests and what they import of the project, as a function of `require`, what the test libraries export, and the ticks. */
async function bundle(files: readonly string[]): Promise<string> {
  const libraries: Plugin = {
    name: "test libraries",
    setup(building) {
      building.onResolve({ filter: /^(?:vitest|fast-check)$/ }, ({ path }) => ({ path, namespace: "given" }));
      building.onLoad({ filter: /.*/, namespace: "given" }, ({ path }) => ({
        contents: `module.exports = given[${JSON.stringify(path)}];`,
      }));
      building.onResolve({ filter: /^another test file / }, ({ path }) => ({ path, namespace: "border" }));
      building.onLoad({ filter: /.*/, namespace: "border" }, () => ({ contents: "given.beginFile();" }));
    },
  };
  const contents = files.map((file) => `import "another test file ${file}";\nimport ${JSON.stringify(`./${file}`)};`);
  const { outputFiles } = await build({
    stdin: { contents: contents.join("\n"), resolveDir: cwd() },
    bundle: true,
    write: false,
    platform: "node",
    format: "cjs",
    target: "node24",
    packages: "external",
    logLevel: "error",
    plugins: [libraries],
  });
  return `(function (require, given, ticks) { const module = { exports: {} }, exports = module.exports; ${outputFiles[0]?.text ?? ""}\n})`;
}

export const strykerPlugins = [{ kind: "TestRunner", name: "in-process", factory: inProcessRunner }];
