/** Plugins for packaging the functions, as `custom.esbuild.plugins` of serverless.yml names them. */
import { builtinModules } from "node:module";
import { join, parse, relative } from "node:path";
import type { Metafile, Plugin } from "esbuild";

/**
 * Whatever is imported when it is first needed becomes a file of its own. By itself esbuild makes one more for each set
 * of such files that share a source, twenty of them for a cold start of `enforce`, and Node takes 0.3 ms to find and
 * read a file. So each of them rests on all that was loaded before whoever needs it could ask: the function's start, and
 * the needed file that asks. All of that is shared by one and the same set, and so it becomes one file.
 */
const restOnWhatIsThere: Plugin = {
  name: "rest-on-what-is-there",
  async setup(build) {
    const { entryPoints, absWorkingDir: root = process.cwd() } = build.initialOptions;
    const [entry = ""] = entryPoints as readonly string[];
    const { plugins: _, ...options } = build.initialOptions;
    const { metafile } = await build.esbuild.build({ ...options, write: false, metafile: true, logLevel: "silent" });
    const before = loadedBefore(metafile.inputs, entry);
    build.onResolve({ filter: /^\.{1,2}\//, namespace: "file" }, ({ path, kind, resolveDir }) =>
      kind === "dynamic-import" ? { path: relative(root, join(resolveDir, path)), namespace: "needed" } : undefined,
    );
    // Paths from the root, so that the bundles are the same wherever they are made.
    build.onLoad({ filter: /$/, namespace: "needed" }, ({ path }) => ({
      contents: [...(before.get(path) ?? []).map((one) => `import "./${one}";`), `export * from "./${path}";`].join(
        "\n",
      ),
      resolveDir: root,
    }));
  },
};

type Inputs = Metafile["inputs"];

/** By source that is imported when needed: the sources that are there by then, without those that they import. */
function loadedBefore(inputs: Inputs, entry: string): ReadonlyMap<string, readonly string[]> {
  // Not the entry itself: it is still being evaluated when it loads what it needs for its start.
  const start = importsOf(inputs, entry, "import-statement");
  const before = new Map<string, readonly string[]>();
  const visit = (roots: readonly string[], there: readonly string[]): void => {
    for (const source of reachedFrom(inputs, roots)) {
      for (const needed of importsOf(inputs, source, "dynamic-import")) {
        // Of several that ask, each has the start.
        const isFirst = !before.has(needed);
        before.set(needed, isFirst ? there : start);
        if (isFirst) visit([needed], [...start, needed]);
      }
    }
  };
  visit(start, start);
  return before;
}

/** These sources, and all that they import at once. */
function reachedFrom(inputs: Inputs, roots: readonly string[]): ReadonlySet<string> {
  const reached = new Set(roots);
  for (const source of reached) for (const path of importsOf(inputs, source, "import-statement")) reached.add(path);
  return reached;
}

function importsOf(inputs: Inputs, source: string, kind: "import-statement" | "dynamic-import"): string[] {
  const imports = inputs[source]?.imports ?? [];
  return imports.flatMap((one) => (one.kind === kind && one.external !== true ? [one.path] : []));
}

/**
 * Modules of Node are asked for and not imported: an import reads all that a module exports, and some of that is loaded
 * when it is read, such as all of Web Crypto and the parser of MIME types.
 * https://nodejs.org/docs/latest-v24.x/api/process.html#processgetbuiltinmoduleid
 */
const askForBuiltins: Plugin = {
  name: "ask-for-builtins",
  setup(build) {
    build.onResolve({ filter: /^(node:)?[a-z_/]+$/ }, ({ path, kind }) => {
      const name = path.replace(/^node:/, "");
      const isImport = kind === "import-statement" && builtinModules.includes(name);
      return isImport ? { path: name, namespace: "builtin", sideEffects: false } : undefined;
    });
    build.onLoad({ filter: /$/, namespace: "builtin" }, ({ path }) => {
      const names = Object.keys(process.getBuiltinModule(path) ?? {}).filter((name) => /^[A-Za-z]\w*$/.test(name));
      const exported = names.filter((name) => name !== "default");
      return {
        contents: [
          `const builtin = /* @__PURE__ */ process.getBuiltinModule("node:${path}");`,
          "const read = (name) => builtin[name];",
          ...exported.map((name) => `export const ${name} = /* @__PURE__ */ read("${name}");`),
        ].join("\n"),
      };
    });
  },
};

/**
 * Powertools imports this package for what it does when it is loaded: it makes room for the store that keeps invocations
 * apart which run at once in one process. Whoever brings such a store, Lambda's runtime and the AWS SDK, loads a copy of
 * its own, and Powertools takes it as it finds it, or does without. So 2 KB of each function did nothing.
 */
const leaveTheStoreToTheRuntime: Plugin = {
  name: "leave-the-store-to-the-runtime",
  setup(build) {
    build.onResolve({ filter: /^@aws\/lambda-invoke-store$/ }, ({ path, kind, importer }) => {
      if (kind !== "import-statement" || !importer.includes("@aws-lambda-powertools")) return undefined;
      return { path, namespace: "left-out", sideEffects: false };
    });
    // Without exports: whoever imports a name of it can't be bundled.
    build.onLoad({ filter: /$/, namespace: "left-out" }, () => ({ contents: "export {};" }));
  },
};

/**
 * All functions are built into one folder, and each package leaves out what begins with another function's name and a
 * dot. So every file begins with the name of its function.
 */
const nameFilesByFunction: Plugin = {
  name: "name-files-by-function",
  setup({ initialOptions }) {
    const [entry = ""] = initialOptions.entryPoints as readonly string[];
    initialOptions.chunkNames = `${parse(entry).name}.[name]-[hash]`;
  },
};

export default [nameFilesByFunction, restOnWhatIsThere, askForBuiltins, leaveTheStoreToTheRuntime];
