import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { build, type BuildOptions, type Metafile, type Plugin } from "esbuild";
import { parse } from "yaml";

/** What a function is deployed as. */
export interface BundledFunction {
  /** The file that Lambda loads. */
  readonly path: string;
  /** Loaded at the start: the file and whatever it imports at once. */
  readonly start: LoadedCode;
  /** Beside that: files that are imported only when they are needed, by the source that they begin with. */
  readonly later: readonly { readonly source: string; readonly bytes: number }[];
}

export interface LoadedCode {
  readonly bytes: number;
  /** By source file, the biggest first. */
  readonly inputs: readonly (readonly [source: string, bytes: number])[];
}

/** Of `custom.esbuild` in serverless.yml, what is the plugin's own and not esbuild's. */
const OF_THE_PLUGIN = new Set(["exclude", "outputFileExtension"]);

const require: (path: string) => { readonly default: Plugin[] } = createRequire(import.meta.url);

/** The options that functions are deployed with, as serverless.yml has them. */
export function deployedOptions(file = "serverless.yml"): BuildOptions {
  // Warnings would be about CloudFormation's short forms, which nothing here looks at.
  const { esbuild } = parse(readFileSync(file, "utf8"), { logLevel: "error" }).custom;
  const options = Object.entries<unknown>(esbuild).filter(([name]) => !OF_THE_PLUGIN.has(name));
  return {
    ...Object.fromEntries(options),
    plugins: require(resolve(esbuild.plugins)).default,
    outExtension: { ".js": esbuild.outputFileExtension },
  };
}

/** Bundles a function into a folder, with the options that it is deployed with. */
export async function bundleFunction(entryPoint: string, folder: string): Promise<BundledFunction> {
  const { metafile } = await build({
    ...deployedOptions(),
    entryPoints: [entryPoint],
    outdir: folder,
    metafile: true,
    logLevel: "error",
  });
  const { outputs } = metafile;
  const path = Object.keys(outputs).find((one) => outputs[one]?.entryPoint === entryPoint);
  if (path === undefined) throw new Error(`esbuild made no file of ${entryPoint}`);
  const atStart = loadedBy(path, outputs);
  const later = Object.entries(outputs).flatMap(([file, output]) => {
    const source = sourceOf(output);
    return source === undefined || atStart.has(file) ? [] : [{ source, bytes: output.bytes }];
  });
  return {
    path,
    start: codeOf(atStart, outputs),
    later,
  };
}

type Outputs = Metafile["outputs"];

/** The source that a file is made of first; undefined for what several files share. */
function sourceOf(output: Outputs[string] | undefined): string | undefined {
  return output?.entryPoint;
}

/** This file and all that it imports at once. */
function loadedBy(path: string, outputs: Outputs): ReadonlySet<string> {
  const loaded = new Set([path]);
  for (const file of loaded) {
    for (const { path, kind, external } of outputs[file]?.imports ?? []) {
      if (kind === "import-statement" && external !== true) loaded.add(path);
    }
  }
  return loaded;
}

function codeOf(files: ReadonlySet<string>, outputs: Outputs): LoadedCode {
  const bySource = new Map<string, number>();
  let bytes = 0;
  for (const file of files) {
    const output = outputs[file];
    if (output === undefined) continue;
    bytes += output.bytes;
    for (const [source, { bytesInOutput }] of Object.entries(output.inputs)) {
      bySource.set(source, (bySource.get(source) ?? 0) + bytesInOutput);
    }
  }
  return { bytes, inputs: [...bySource].sort(([, one], [, other]) => other - one) };
}
