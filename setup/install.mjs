// Installs what is missing, and nothing where nothing is. `start`: what `npm start` and the commands need, without the
// checks and tests. Plain JavaScript without dependencies, because it runs before any is there, on whatever Node the
// machine has: `npm ci` then brings the Node 24 that everything else runs on.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import "./end-with-parent.mjs";
import { missingPackages } from "./missing-packages.mjs";
import { runChild } from "./run-child.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
/**
 * @param {readonly string[]} path
 * @returns {Readonly<Record<string, import("./missing-packages.mjs").LockedPackage>>}
 */
const read = (...path) => {
  const file = join(root, ...path);
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).packages : {};
};
const wanted = read("package-lock.json");
const forStart = process.argv[2] === "start";
const missing = () => missingPackages(wanted, read("node_modules", ".package-lock.json"), { forStart });

if (missing().length > 0) await install();
refuseOldNode();

async function install() {
  const packages = Object.entries(wanted).flatMap(([path, { dev }]) =>
    path === "" || (forStart && dev) ? [] : [path],
  );
  const what = forStart ? "what npm start needs" : "everything, checks and tests as well";
  console.error(`tagwarden: installing ${what} (npm ci) …`);
  const stop = tellProgress(packages);
  const omitted = forStart ? ["--omit=dev"] : [];
  const code = await runChild("npm", ["ci", ...omitted, "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
    shell: process.platform === "win32",
  });
  const told = stop();
  if (code !== 0) {
    console.error("tagwarden: npm ci failed; its message stands above. Run `npm ci` by hand to see all of it.");
    process.exit(code);
  }
  const left = missing();
  if (left.length > 0) {
    console.error(`tagwarden: npm could not install ${left.join(", ")}; \`npm ci --foreground-scripts\` says why.`);
    process.exit(1);
  }
  console.error(`tagwarden: installed ${told}`);
}

/**
 * Says how many packages are there, redrawn on a terminal and now and then elsewhere; the function that it gives ends it.
 *
 * @param {readonly string[]} packages
 */
function tellProgress(packages) {
  const startedAt = Date.now();
  const { isTTY } = process.stderr;
  const state = () => {
    // npm takes what was there away first, and puts each package's files into their place at once.
    const there = packages.filter((path) => existsSync(join(root, path, "package.json"))).length;
    return `${there} packages in ${Math.round((Date.now() - startedAt) / 1000)} s`;
  };
  const line = () => process.stderr.write(isTTY ? `\r\u001b[Ktagwarden: ${state()}` : `tagwarden: ${state()} …\n`);
  const timer = setInterval(line, isTTY ? 500 : 10_000);
  return () => {
    clearInterval(timer);
    if (isTTY) process.stderr.write("\r\u001b[K");
    return state();
  };
}

/** On Linux, Node 24 is one of the packages; elsewhere the machine's own Node has to be new enough. */
function refuseOldNode() {
  const { stdout } = spawnSync("node", ["--version"], { cwd: root, encoding: "utf8" });
  const found = (stdout || "").trim();
  if (Number((/^v(\d+)/.exec(found) || [])[1] || 0) >= 24) return;
  console.error(
    `tagwarden needs Node 24 or newer, and found ${found || "none"}. Install it from https://nodejs.org/ and run the command again.`,
  );
  process.exit(1);
}
