import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll } from "vitest";
import { findBrowser } from "../../setup/browser.ts";
import { launchBrowser } from "../../setup/launch-browser.ts";

/** Widths at which the page is looked at: a desk and a phone. */
export const WIDE = { width: 1280, height: 900 };
export const PHONE = { width: 390, height: 844 };

/** A page in the browser, and what the browser noticed while it was open. */
export interface OpenPage {
  readonly page: Page;
  /** Console errors and warnings, uncaught errors and refusals of the content security policy. */
  readonly complaints: readonly string[];
  /** Addresses of everything that it asked for, itself apart. */
  readonly requests: readonly string[];
}

/** One browser for all tests of a file; every page is opened from a file of its own, as a reader would. */
export function browserPages(): (html: string, options?: BrowserContextOptions) => Promise<OpenPage> {
  const folder = mkdtempSync(join(tmpdir(), "tagwarden-browser-"));
  let browser: Browser | undefined;
  let opened = 0;
  beforeAll(async () => {
    browser = await launchBrowser(findBrowser());
  });
  afterEach(async () => {
    await Promise.all(browser?.contexts().map((context) => context.close()) ?? []);
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return async (html, options = {}) => {
    if (browser === undefined) throw new Error("pages are opened in tests, not before");
    const context = await browser.newContext({ viewport: WIDE, locale: "en-GB", timezoneId: "UTC", ...options });
    const page = await context.newPage();
    const complaints: string[] = [];
    const requests: string[] = [];
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    const file = join(folder, `report-${(opened += 1)}.html`);
    writeFileSync(file, html);
    const address = pathToFileURL(file).href;
    page.on("request", (request) => {
      if (request.url() !== address) requests.push(request.url());
    });
    await page.goto(address);
    return { page, complaints, requests };
  };
}
