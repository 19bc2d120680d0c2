/** Plugins for packaging the functions, as `custom.esbuild.plugins` of serverless.yml names them. */
import { builtinModules } from "node:module";
import { parse } from "node:path";
import type { Plugin } from "esbuild";

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

export default [nameFilesByFunction, askForBuiltins, leaveTheStoreToTheRuntime];
