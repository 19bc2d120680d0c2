// Packs the command line for npm: `npm run package [-- FOLDER]` leaves tagwarden-VERSION.tgz in FOLDER, or in `dist`.
// docs/decisions/package.md says why it is made like this.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleCommand, type CommandBundle } from "./bundle-command.ts";
import { closureOf, readLock, ROOT, type LockedPackage } from "./locked-packages.ts";
import { runChild } from "./run-child.mjs";
import { billOfMaterials } from "./sbom.ts";
import { shippedText } from "./shipped-text.ts";

/** What goes in beside the bundle, the licences of others and the bill of materials. `local` reads serverless.yml. */
const FILES = ["README.md", "CHANGELOG.md", "LICENSE", "docs", "examples", "templates", "serverless.yml"];

const { name, version, description, license, type, engines } = JSON.parse(
  readFileSync(new URL("package.json", ROOT), "utf8"),
) as Readonly<Record<"name" | "version" | "description" | "license" | "type" | "engines", unknown>>;

/** What package.json says of the product, with the versions of the lockfile and without anything of development. */
function manifestOf({ needed }: CommandBundle): object {
  const dependencies = Object.fromEntries(needed.map((one) => [one.name, one.version]));
  return { name, version, description, license, type, bin: { tagwarden: "dist/tagwarden.js" }, engines, dependencies };
}

/** Pins what comes with the dependencies, so that what is installed is what was tested. */
function shrinkwrapOf(manifest: object, { needed }: CommandBundle): object {
  const lock = readLock();
  const packages = needed
    .flatMap(({ path }) => [...closureOf(path, lock)])
    .map(([path, entry]) => {
      const { dev: _, optional: __, ...pinned } = entry;
      return [path, pinned] as const;
    });
  return {
    name,
    version,
    lockfileVersion: 3,
    requires: true,
    packages: { "": manifest, ...Object.fromEntries(packages) },
  };
}

const LICENCE_FILE = /^(licen[cs]e|copying|notice)([.-].*)?$/i;

/** The licences of what is in the bundle ask to be handed on with it. */
function licencesOf(packages: readonly LockedPackage[]): string {
  const sections = packages.map((one) => {
    const folder = new URL(`${one.path}/`, ROOT);
    const texts = readdirSync(folder)
      .filter((file) => LICENCE_FILE.test(file))
      .map((file) => readFileSync(new URL(file, folder), "utf8").trim());
    const text = texts.length > 0 ? texts : ["The package brings no text of its own."];
    return [`## ${one.name} ${one.version} (${one.license})`, ...text].join("\n\n");
  });
  return ["# Licences of the packages in dist/", ...sections].join("\n\n---\n\n").concat("\n");
}

/** Pages lead to no file that isn't shipped. */
function mendLinks(folder: string): void {
  const pages = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".md"));
  for (const page of pages) {
    const isShipped = (path: string) => existsSync(join(folder, path));
    const text = readFileSync(join(folder, page), "utf8");
    writeFileSync(join(folder, page), shippedText(text, page.replaceAll("\\", "/"), isShipped));
  }
}

async function stage(folder: string): Promise<void> {
  const bundle = await bundleCommand(join(folder, "dist"));
  for (const file of FILES) cpSync(fileURLToPath(new URL(file, ROOT)), join(folder, file), { recursive: true });
  mendLinks(folder);
  const manifest = manifestOf(bundle);
  const write = (file: string, content: object): void =>
    writeFileSync(join(folder, file), `${JSON.stringify(content, undefined, 2)}\n`);
  write("package.json", manifest);
  write("npm-shrinkwrap.json", shrinkwrapOf(manifest, bundle));
  writeFileSync(join(folder, "LICENSES-OF-OTHERS.md"), licencesOf(bundle.bundled));
  writeFileSync(join(folder, "sbom.json"), await billOfMaterials());
}

const target = process.argv[2] ?? fileURLToPath(new URL("dist", ROOT));
mkdirSync(target, { recursive: true });
const staging = mkdtempSync(join(tmpdir(), "tagwarden-package-"));
try {
  await stage(staging);
  const code = await runChild("npm", ["pack", "--silent", "--pack-destination", target], {
    cwd: staging,
    stdio: ["ignore", "ignore", "inherit"],
    shell: process.platform === "win32",
  });
  const made = join(target, `${String(name)}-${String(version)}.tgz`);
  if (code === 0 && existsSync(made)) console.log(made);
  else process.exitCode = code || 1;
} finally {
  rmSync(staging, { recursive: true, force: true });
}
