// Installs what is missing, and nothing where nothing is. Plain JavaScript without dependencies, because it runs before
// any is there, on whatever Node the machine has: `npm ci` then brings the Node 24 that everything else runs on.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const read = (path) => (existsSync(root + path) ? JSON.parse(readFileSync(root + path, "utf8")).packages : undefined);

const wanted = read("package-lock.json") ?? {};
const present = read("node_modules/.package-lock.json") ?? {};
const missing = Object.entries(wanted).filter(
  ([path, { version, optional }]) => path !== "" && (present[path] ? present[path].version !== version : !optional),
);

if (missing.length > 0) {
  console.error(`tagwarden: installing ${missing.length} packages (npm ci) …`);
  const npm = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
    shell: process.platform === "win32",
  });
  if (npm.status !== 0) {
    console.error("tagwarden: npm ci failed; its message stands above. Run `npm ci` by hand to see all of it.");
    process.exit(npm.status ?? 1);
  }
}

// On Linux, Node 24 is one of the packages; elsewhere the machine's own Node has to be new enough.
const node = spawnSync("node", ["--version"], { cwd: root, encoding: "utf8" });
const major = Number(/^v(\d+)/.exec(node.stdout ?? "")?.[1] ?? 0);
if (major < 24) {
  console.error(
    `tagwarden needs Node 24 or newer, and found ${node.stdout?.trim() || "none"}. Install it from https://nodejs.org/ and run the command again.`,
  );
  process.exit(1);
}
