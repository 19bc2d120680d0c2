import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
} from "node:fs";
import { basename, join, relative } from "node:path";
import { promisify } from "node:util";
import { InputError } from "../../lib/core/errors.ts";
import { unzip } from "./unzip.ts";

const run = promisify(execFile);

/** What goes into a package: the service file itself is given apart. */
const SOURCES = ["functions", "lib", "setup", "package.json", "package-lock.json", "tsconfig.json"];
const TEMPLATE = "cloudformation-template-update-stack.json";
/** Packages of other contents that are kept, the latest ones. */
const KEPT = 10;
const PACKAGE_TIMEOUT_MS = 300_000;

export interface PackageOptions {
  /** The checkout. */
  readonly root: string;
  /** Path of the serverless.yml. */
  readonly file: string;
  readonly stage: string;
  /** Where packages are kept by the hash of what went into them. */
  readonly cache: string;
}

/**
 * Packages the service as `serverless package` does for a deployment, offline and without credentials, and unpacks it:
 * the folder holds the resolved template and, in a folder by its name, each function's code. Where the same contents
 * were packaged before, nothing is done. Throws an InputError with what the framework said where it refuses the file.
 */
export async function packageService(options: PackageOptions): Promise<string> {
  const { cache } = options;
  const target = join(cache, contentHash(options));
  if (existsSync(target)) {
    utimesSync(target, new Date(), new Date());
    return target;
  }
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, ".work-"));
  try {
    await packageIn(work, options);
    const packed = join(work, "packed");
    for (const zip of readdirSync(join(work, "out")).filter((name) => name.endsWith(".zip"))) {
      unzip(readFileSync(join(work, "out", zip)), join(packed, basename(zip, ".zip")));
    }
    cpSync(join(work, "out", TEMPLATE), join(packed, "template.json"));
    keep(packed, target);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  forgetOldest(cache);
  return target;
}

/** In a folder of its own: the framework leaves files beside serverless.yml, and two runs would meet there. */
async function packageIn(work: string, { root, file, stage }: PackageOptions): Promise<void> {
  for (const source of SOURCES) cpSync(join(root, source), join(work, source), { recursive: true });
  cpSync(file, join(work, "serverless.yml"));
  symlinkSync(join(root, "node_modules"), join(work, "node_modules"));
  const framework = join(work, "node_modules", "serverless", "bin", "serverless.js");
  try {
    await run(process.execPath, [framework, "package", "--stage", stage, "--package", "out"], {
      cwd: work,
      // Nothing of the caller's: neither credentials nor variables may change what is packaged.
      env: { PATH: process.env["PATH"], HOME: work, SLS_TELEMETRY_DISABLED: "1" },
      timeout: PACKAGE_TIMEOUT_MS,
    });
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { readonly stdout?: string; readonly stderr?: string };
    throw new InputError(`${file} can't be packaged: ${(stderr + stdout).trim() || String(error)}`);
  }
}

function contentHash({ root, file, stage }: PackageOptions): string {
  const hash = createHash("sha256").update(`${stage}\n${process.version}\n`).update(readFileSync(file));
  for (const source of SOURCES) {
    for (const path of filesAt(join(root, source)))
      hash.update(`\n${relative(root, path)}\n`).update(readFileSync(path));
  }
  return hash.digest("hex").slice(0, 32);
}

function filesAt(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  const entries = readdirSync(path, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function keep(packed: string, target: string): void {
  try {
    renameSync(packed, target);
  } catch (error) {
    // Another process has packaged the same contents meanwhile.
    if (!existsSync(target)) throw error;
  }
}

function forgetOldest(cache: string): void {
  const kept = readdirSync(cache, { withFileTypes: true }).filter(({ name }) => !name.startsWith("."));
  const byAge = kept
    .map(({ name }) => ({ path: join(cache, name), at: statSync(join(cache, name)).mtimeMs }))
    .sort((one, other) => other.at - one.at);
  for (const { path } of byAge.slice(KEPT)) rmSync(path, { recursive: true, force: true });
}
