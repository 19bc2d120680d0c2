// The browser in which the report page is tested. `node setup/browser.ts` installs Debian's Chromium where the machine
// has no browser, which takes root and a package mirror; where that can't be done, the browser tests say what to do.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const APPLICATIONS = [
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];
/** With a font for text and one for emoji: a bare machine has neither. */
const PACKAGES = ["chromium", "fonts-roboto-unhinted", "fonts-noto-color-emoji"];

/** Path of a Chromium, by TAGWARDEN_BROWSER or where they usually are; undefined where there is none. */
export function findBrowser(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const named = env["TAGWARDEN_BROWSER"];
  if (named !== undefined && named !== "") return named;
  const folders = (env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  const places = [...NAMES.flatMap((name) => folders.map((folder) => join(folder, name))), ...APPLICATIONS];
  return places.find((place) => existsSync(place));
}

/** Installs one where none is. Says on stderr what it does; a failure is left to the tests that need the browser. */
export function installBrowser(): void {
  if (findBrowser() !== undefined || process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return;
  console.error(`tagwarden: installing ${PACKAGES.join(", ")} (apt-get) …`);
  apt(["update"]);
  if (!apt(["install", "--yes", "--no-install-recommends", ...PACKAGES])) {
    console.error("tagwarden: apt-get failed; its message stands above. The browser tests will fail.");
  }
}

function apt(arguments_: readonly string[]): boolean {
  const waitForOthers = "DPkg::Lock::Timeout=300";
  const { status } = spawnSync("apt-get", ["-qq", "-o", waitForOthers, ...arguments_], {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  });
  return status === 0;
}

if (import.meta.main) installBrowser();
