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
  writeFileSync,
} from "node:fs";
import { basename, join, relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { InputError } from "../../lib/core/errors.ts";
import { lockFolder } from "../service/state-lock.ts";
import { unzip } from "./unzip.ts";

const run = promisify(execFile);

/** What goes into a package: the service file itself is given apart. */
const SOURCES = ["functions", "lib", "setup", "package.json", "package-lock.json", "tsconfig.json"];
const TEMPLATE = "cloudformation-template-update-stack.json";
/** Where a process packages, and what it has while it does, so that others wait who want the same. */
const [WORK, TURN] = [".work-", ".turn-"];
const TURN_POLL_MS = 200;
/** Packages that are kept, the latest ones: the tests use five. */
const KEPT = 15;
const PACKAGE_TIMEOUT_MS = 300_000;

export interface PackageOptions {
  /** The checkout. */
  readonly root: string;
  /** Path of the serverless.yml. */
  readonly file: string;
  readonly stage: string;
  /** As `--param` has them. What runs locally keeps the places of the file, and gets others when it starts. */
  readonly deployParams?: Readonly<Record<string, string>>;
  /** The compiled configuration that is packaged, as JSON; absent = none, and the functions get it when they start. */
  readonly configuration?: string;
  /** Where packages are kept by the hash of what went into them. */
  readonly cache: string;
  /** Ends the packaging that is under way. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Packages the service as `serverless package` does for a deployment, offline and without credentials, and unpacks it:
 * the folder holds the resolved template, each function's code in a folder by its name, and what was printed. Where the
 * same contents were packaged before, nothing is done. Throws an InputError with what the framework said where it
 * refuses the file.
 */
export async function packageService(options: PackageOptions): Promise<string> {
  const { cache } = options;
  const hash = contentHash(options);
  const target = join(cache, hash);
  if (isKept(target)) return target;
  const turn = await waitForTurn(join(cache, `${TURN}${hash}`));
  try {
    // Whoever had the turn before may have packaged the same contents.
    if (!isKept(target)) await packageTo(target, options);
  } finally {
    turn.release();
  }
  forgetOldest(cache);
  return target;
}

function isKept(target: string): boolean {
  if (!existsSync(target)) return false;
  utimesSync(target, new Date(), new Date());
  return true;
}

/** Takes a folder for this process alone, as soon as others let it. */
async function waitForTurn(folder: string): Promise<{ release(): void }> {
  mkdirSync(folder, { recursive: true });
  for (;;) {
    try {
      return lockFolder(folder);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      await sleep(TURN_POLL_MS);
    }
  }
}

async function packageTo(target: string, options: PackageOptions): Promise<void> {
  const { cache } = options;
  const work = mkdtempSync(join(cache, WORK));
  try {
    const printed = await packageIn(work, options);
    const packed = join(work, "packed");
    mkdirSync(packed);
    writeFileSync(join(packed, "output.txt"), printed);
    for (const zip of readdirSync(join(work, "out")).filter((name) => name.endsWith(".zip"))) {
      unzip(readFileSync(join(work, "out", zip)), join(packed, basename(zip, ".zip")));
    }
    cpSync(join(work, "out", TEMPLATE), join(packed, "template.json"));
    renameSync(packed, target);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/**
 * In a folder of its own: the framework leaves files beside serverless.yml and in the temporary folder, and two runs
 * would meet there. Answers what it printed.
 */
async function packageIn(work: string, options: PackageOptions): Promise<string> {
  const { root, file, stage, deployParams = {}, configuration, signal } = options;
  for (const source of SOURCES) cpSync(join(root, source), join(work, source), { recursive: true });
  cpSync(file, join(work, "serverless.yml"));
  if (configuration !== undefined) {
    mkdirSync(join(work, "deploy"));
    writeFileSync(join(work, "deploy", "config.json"), configuration);
  }
  symlinkSync(join(root, "node_modules"), join(work, "node_modules"));
  const framework = join(work, "node_modules", "serverless", "bin", "serverless.js");
  const temporary = join(work, "tmp");
  mkdirSync(temporary);
  const given = Object.entries(deployParams).map(([name, value]) => `--param=${name}=${value}`);
  try {
    const { stdout, stderr } = await run(
      process.execPath,
      [framework, "package", "--stage", stage, "--package", "out", ...given],
      {
        cwd: work,
        // Nothing of the caller's: neither credentials nor variables may change what is packaged.
        env: { PATH: process.env["PATH"], HOME: work, TMPDIR: temporary, SLS_TELEMETRY_DISABLED: "1" },
        timeout: PACKAGE_TIMEOUT_MS,
        signal,
      },
    );
    return stdout + stderr;
  } catch (error) {
    signal?.throwIfAborted();
    const { stdout = "", stderr = "" } = error as { readonly stdout?: string; readonly stderr?: string };
    throw new InputError(`${file} can't be packaged: ${(stderr + stdout).trim() || String(error)}`);
  }
}

function contentHash({ root, file, stage, deployParams = {}, configuration = "" }: PackageOptions): string {
  const hash = createHash("sha256")
    .update(`${stage}\n${JSON.stringify(deployParams)}\n${configuration}\n${process.version}\n`)
    .update(readFileSync(file));
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

/** With what a process has left that was killed while it packaged. Others may do the same at the same moment. */
function forgetOldest(cache: string): void {
  const all = readdirSync(cache).flatMap((name) => {
    const at = statSync(join(cache, name), { throwIfNoEntry: false })?.mtimeMs;
    return at === undefined ? [] : [{ name, at }];
  });
  const packages = all.filter(({ name }) => !name.startsWith(".")).sort((one, other) => other.at - one.at);
  const abandoned = all.filter(({ name, at }) => name.startsWith(".") && Date.now() - at > 2 * PACKAGE_TIMEOUT_MS);
  for (const { name } of [...packages.slice(KEPT), ...abandoned]) {
    rmSync(join(cache, name), { recursive: true, force: true });
  }
}
