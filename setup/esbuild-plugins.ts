/** Plugins for packaging the functions, as `custom.esbuild.plugins` of serverless.yml names them. */
import { readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, relative } from "node:path";
import type { Plugin } from "esbuild";

/**
 * Whatever is imported when it is first needed becomes a file of its own. By itself esbuild makes one more for each set
 * of such files that share a source, twenty of them for a cold start of `enforce`, and Node takes 0.3 ms to find and
 * read a file. So each of them rests on all that the function imports at its start: that is loaded by then, and becomes
 * one file, since one and the same set shares all of it.
 */
const restOnTheStart: Plugin = {
  name: "rest-on-the-start",
  setup(build) {
    const root = build.initialOptions.absWorkingDir ?? process.cwd();
    const entries = build.initialOptions.entryPoints as readonly string[];
    // Paths from the root, so that the bundles are the same wherever they are made.
    const start = entries.flatMap((entry) =>
      importsOf(join(root, entry)).map((path) => relative(root, join(root, dirname(entry), path))),
    );
    build.onResolve({ filter: /^\.{1,2}\//, namespace: "file" }, ({ path, kind, resolveDir }) =>
      kind === "dynamic-import" ? { path: relative(root, join(resolveDir, path)), namespace: "needed" } : undefined,
    );
    build.onLoad({ filter: /$/, namespace: "needed" }, ({ path }) => ({
      contents: [...start.map((one) => `import "./${one}";`), `export * from "./${path}";`].join("\n"),
      resolveDir: root,
    }));
  },
};

/** The files that a function's source imports. */
function importsOf(file: string): string[] {
  return Array.from(readFileSync(file, "utf8").matchAll(/^import .* from "(\..*)";$/gm), ([, path = ""]) => path);
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

export default [restOnTheStart, askForBuiltins];
