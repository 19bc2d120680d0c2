import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build, type Metafile } from "esbuild";
import { parse } from "yaml";
import { lockedPackages, ROOT, type LockedPackage } from "./locked-packages.ts";

/** Finds its own parts by names that it puts together at run time, and rests on LevelDB, which is a binary. */
const LEFT_OUTSIDE = ["dynalite"];

/** CommonJS packages ask for Node's own modules by `require`, which an ES module has to make. */
const REQUIRE =
  'import { createRequire as requireFor } from "node:module"; const require = requireFor(import.meta.url);';

/** What a bundle is made of. */
export interface CommandBundle {
  /** Packages whose code is in it. */
  readonly bundled: readonly LockedPackage[];
  /** Packages that it needs beside it. */
  readonly needed: readonly LockedPackage[];
}

/**
 * Bundles the command, and the functions for `local`, with all that they import, into a folder; without one nothing is
 * written. What a command needs alone is a file of its own, which is loaded when it is asked for.
 */
export async function bundleCommand(folder?: string): Promise<CommandBundle> {
  const { metafile } = await build({
    absWorkingDir: fileURLToPath(ROOT),
    entryPoints: { tagwarden: "cli/tagwarden.ts", ...functionEntries() },
    outdir: folder ?? "dist",
    write: folder !== undefined,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    // Modules first: of CommonJS that is imported when it is needed, a bundle knows no names.
    mainFields: ["module", "main"],
    target: "node24",
    external: LEFT_OUTSIDE,
    banner: { js: REQUIRE },
    // Licences stand in a file of their own.
    legalComments: "none",
    charset: "utf8",
    metafile: true,
    logLevel: "error",
  });
  refuseNeededCommonJs(metafile);
  const locked = lockedPackages();
  const inside = new Set(Object.values(metafile.outputs).flatMap(packagePathsIn));
  const bundled = locked.filter(({ path }) => inside.has(path));
  const native = bundled.filter(({ hasInstallScript }) => hasInstallScript);
  if (native.length > 0) {
    throw new Error(`${native.map(({ name }) => name).join(", ")}: brings a binary, which no bundle can hold`);
  }
  return { bundled, needed: locked.filter(({ path }) => LEFT_OUTSIDE.some((name) => path === `node_modules/${name}`)) };
}

/** The functions of serverless.yml. */
function functionEntries(): Record<string, string> {
  const { functions } = parse(readFileSync(new URL("serverless.yml", ROOT), "utf8"), { logLevel: "error" }) as {
    readonly functions: Readonly<Record<string, { readonly handler: string }>>;
  };
  return Object.fromEntries(
    Object.values(functions).map(({ handler }) => {
      const path = handler.slice(0, handler.lastIndexOf("."));
      return [path, `${path}.ts`];
    }),
  );
}

function refuseNeededCommonJs({ inputs }: Metafile): void {
  for (const [path, { imports }] of Object.entries(inputs)) {
    if (path.startsWith("node_modules/")) continue;
    const needed = imports.find((one) => one.kind === "dynamic-import" && inputs[one.path]?.format === "cjs");
    if (needed !== undefined) throw new Error(`${path}: imports ${needed.path} when it is needed, which is CommonJS`);
  }
}

const PACKAGE = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/;

function packagePathsIn({ inputs }: Metafile["outputs"][string]): readonly string[] {
  return Object.entries(inputs).flatMap(([path, { bytesInOutput }]) =>
    bytesInOutput === 0 ? [] : (PACKAGE.exec(path) ?? []),
  );
}
