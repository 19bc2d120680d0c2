/**
 * `npm run simulate:mutants`: puts each fault of mutant-list.ts into a copy of the tree, one at a time, and simulates
 * until a rule is broken. Prints a table; exits with 1 where a fault went unnoticed.
 */
import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { mutants, type Mutant } from "./mutant-list.ts";

/** An audit takes longer. */
const SEEDS = { enforce: 2_000, audit: 1_000 } as const;
const TREE = ["lib", "local", "sim", "package.json", "tsconfig.json"];
const root = join(import.meta.dirname, "..");

async function copyTree(): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), "tagwarden-mutants-"));
  for (const name of TREE) await cp(join(root, name), join(copy, name), { recursive: true });
  await symlink(join(root, "node_modules"), join(copy, "node_modules"));
  return copy;
}

/** The seed and rule that caught it; undefined where none did. */
async function hunt(copy: string, { world, file, find, replace, name }: Mutant): Promise<string | undefined> {
  const path = join(copy, file);
  const original = await readFile(path, "utf8");
  if (original.split(find).length !== 2)
    throw new Error(`mutant "${name}": ${file} doesn't hold its text exactly once`);
  await writeFile(
    path,
    original.replace(find, () => replace),
  );
  const script = join(copy, "sim", "first-broken.ts");
  const endsWithThis = ["--import", join(root, "setup", "end-with-parent.mjs")];
  const run = promisify(execFile)(process.execPath, [...endsWithThis, script, world, String(SEEDS[world])]);
  const { stdout } = await run.catch((error: unknown) => {
    throw new Error(`mutant "${name}": ${String(error)}`, { cause: error });
  });
  await writeFile(path, original);
  return stdout.trim() === "" ? undefined : stdout.trim();
}

const copy = await copyTree();
try {
  const wanted = process.argv.slice(2);
  process.stdout.write("| mutant | world | seed | rule |\n| --- | --- | ---: | --- |\n");
  for (const mutant of mutants.filter(
    ({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)),
  )) {
    const caught = await hunt(copy, mutant);
    process.stdout.write(`| ${mutant.name} | ${mutant.world} | ${caught ?? "- | not caught"} |\n`);
    if (caught === undefined) process.exitCode = 1;
  }
} finally {
  await rm(copy, { recursive: true, force: true });
}
