import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { findBrowser } from "../../setup/browser.ts";
import { launchBrowser } from "../../setup/launch-browser.ts";

describe("findBrowser", () => {
  it("takes the one that is named before those that are installed", () => {
    const { PATH } = process.env;
    expect(findBrowser({ PATH, TAGWARDEN_BROWSER: "/opt/my-chromium" })).toBe("/opt/my-chromium");
  });

  it("finds one on the PATH", () => {
    const folder = mkdtempSync(join(tmpdir(), "tagwarden-path-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, "chromium"), "");
    expect(findBrowser({ PATH: `/nowhere:${folder}` })).toBe(join(folder, "chromium"));
  });
});

describe("launchBrowser", () => {
  it("says in one sentence what to do where there is no browser", async () => {
    await expect(launchBrowser(undefined)).rejects.toThrow(
      /^The report page is looked at in a browser, and there is none: run .*TAGWARDEN_BROWSER=PATH$/u,
    );
  });
});
