// Pictures of the report page, to look at: `npm run -s screenshots` runs the embedded cloud twice, so that there is a
// trend, and takes its page light and dark, wide and on a phone; `-- FILE.html` takes a page that is there already.
// `report-*.png` are those of docs/report.md, small enough to keep.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { spawnSync } from "node:child_process";
import { pathToFileURL } from "node:url";
import { findBrowser } from "./browser.ts";
import { launchBrowser } from "./launch-browser.ts";

const PICTURES = join(".tagwarden", "screenshots");
const WIDE = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844 };

/** The page of a second run over the same embedded cloud. */
function pageOfTwoRuns(folder: string): string {
  const out = join(folder, "report");
  for (let run = 0; run < 2; run++) {
    const arguments_ = ["cli/tagwarden.ts", "local", "--state", join(folder, "state"), "--out", out];
    const { status } = spawnSync(process.execPath, arguments_, { stdio: ["ignore", "ignore", "inherit"] });
    if (status !== 0) throw new Error(`the local run ended with ${status}; its messages stand above`);
  }
  return join(out, "report.html");
}

async function takePictures(page: string): Promise<void> {
  mkdirSync(PICTURES, { recursive: true });
  const browser = await launchBrowser(findBrowser());
  try {
    for (const [name, viewport, colorScheme, deviceScaleFactor] of [
      ["report-light-wide", { ...WIDE, height: 1000 }, "light", 0.75],
      ["report-dark-phone", { ...PHONE, height: 1040 }, "dark", 1],
    ] as const) {
      const tab = await browser.newPage({ viewport, colorScheme, deviceScaleFactor });
      await tab.goto(pathToFileURL(resolve(page)).href);
      await tab.screenshot({ path: join(PICTURES, `${name}.png`) });
      console.log(join(PICTURES, `${name}.png`));
    }
    for (const [width, viewport] of [
      ["wide", WIDE],
      ["phone", PHONE],
    ] as const) {
      for (const colorScheme of ["light", "dark"] as const) {
        const tab = await browser.newPage({ viewport, colorScheme });
        await tab.goto(pathToFileURL(resolve(page)).href);
        for (const [part, fullPage] of [
          ["top", false],
          ["whole", true],
        ] as const) {
          const path = join(PICTURES, `${colorScheme}-${width}-${part}.png`);
          await tab.screenshot({ path, fullPage });
          console.log(path);
        }
      }
    }
  } finally {
    await browser.close();
  }
}

const [given] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "tagwarden-screenshots-"));
try {
  await takePictures(given ?? pageOfTwoRuns(folder));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
