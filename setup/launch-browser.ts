import { chromium, type Browser } from "playwright-core";

/** Starts this Chromium, without a window. Rejects, saying what to do, where `findBrowser` has found none. */
export async function launchBrowser(executablePath: string | undefined): Promise<Browser> {
  if (executablePath === undefined) {
    throw new Error(
      "The report page is looked at in a browser, and there is none: run `npm test` as root on Debian or Ubuntu, which installs Chromium, or name one by TAGWARDEN_BROWSER=PATH",
    );
  }
  // Chromium's own sandbox refuses to start for root; all that it opens here is pages of this project.
  return chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] });
}
