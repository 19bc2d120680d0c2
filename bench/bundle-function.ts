import { build } from "esbuild";

/** What a function is deployed as. */
export interface BundledFunction {
  /** The file that Lambda loads. */
  readonly path: string;
  /** What loading it reads: the file and whatever it imports at once. */
  readonly bytes: number;
  /** Beside that: what is imported only when it is needed. */
  readonly laterBytes: number;
}

/** Bundles a function into a folder, with the options of `custom.esbuild` in serverless.yml. */
export async function bundleFunction(entryPoint: string, folder: string): Promise<BundledFunction> {
  const { metafile } = await build({
    entryPoints: [entryPoint],
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    minify: true,
    format: "esm",
    splitting: true,
    platform: "node",
    target: "node24",
    external: ["@aws-sdk/*", "@smithy/*"],
    metafile: true,
    logLevel: "error",
  });
  const files = new Map(Object.entries(metafile.outputs));
  const path = [...files].find(([, file]) => file.entryPoint === entryPoint)?.[0];
  if (path === undefined) throw new Error(`esbuild made nothing of ${entryPoint}`);
  const atOnce = new Set([path]);
  for (const loaded of atOnce) {
    for (const { path: imported, kind, external } of files.get(loaded)?.imports ?? []) {
      if (kind === "import-statement" && external !== true) atOnce.add(imported);
    }
  }
  const size = (some: readonly string[]) => some.reduce((sum, one) => sum + (files.get(one)?.bytes ?? 0), 0);
  return { path, bytes: size([...atOnce]), laterBytes: size([...files.keys()].filter((one) => !atOnce.has(one))) };
}
