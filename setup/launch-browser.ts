import { chromium, type Browser } from "playwright-core";
import { findBrowser } from "./browser.ts";

/** Starts the machine's Chromium, without a window. Throws, saying what to do, where there is none. */
export function launchBrowser(): Promise<Browser> {
  const executablePath = findBrowser();
  if (executablePath === undefined) {
    throw new Error(
      "The report page is looked at in a browser, and there is none: run `npm test` as root on Debian or Ubuntu, which installs Chromium, or name one by TAGWARDEN_BROWSER=PATH",
    );
  }
  // Chromium's own sandbox refuses to start for root; all that it opens here is pages of this project.
  return chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] });
}
