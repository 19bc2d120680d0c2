import { build } from "esbuild";

/** Bundles a function with the options of `custom.esbuild` in serverless.yml; answers its code. */
export async function bundleFunction(entryPoint: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entryPoint],
    bundle: true,
    minify: true,
    format: "esm",
    platform: "node",
    target: "node24",
    external: ["@aws-sdk/*", "@smithy/*"],
    write: false,
    logLevel: "error",
  });
  const [file] = outputFiles;
  if (file === undefined) throw new Error(`esbuild made nothing of ${entryPoint}`);
  return file.text;
}
