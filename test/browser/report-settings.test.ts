import { describe, expect, it } from "vitest";
import { renderHtml } from "../../lib/core/report/html/page.ts";
import { PAGE } from "../core/report/html/pages.ts";
import { axeViolations } from "./axe.ts";
import { browserPages } from "./open-page.ts";

const open = browserPages();

const styleOf = (selector: string, property: string): string =>
  `getComputedStyle(document.querySelector("${selector}")).getPropertyValue("${property}")`;

describe("the report page without scripts", () => {
  it("shows every part and every row, and no control that needs a script", async () => {
    const { page } = await open(renderHtml(PAGE), { javaScriptEnabled: false });
    const scripted = (await open(renderHtml(PAGE))).page;
    const rows = (of: typeof page) => of.locator("tbody tr").allInnerTexts();
    expect(await rows(page)).toEqual(await rows(scripted));
    expect(await page.getByRole("heading").allInnerTexts()).toEqual(
      await scripted.getByRole("heading").allInnerTexts(),
    );
    expect(await page.locator("button, input").count()).toBe(0);
    expect(await scripted.locator("button").count()).toBeGreaterThan(0);
  });

  it("has nothing that axe finds wrong", async () => {
    const { page } = await open(renderHtml(PAGE).replace(/<script>[^]*<\/script>/u, ""));
    expect(await axeViolations(page)).toEqual([]);
  });

  it("opens the table of the trend by keyboard", async () => {
    const { page } = await open(renderHtml(PAGE), { javaScriptEnabled: false });
    const table = page.getByRole("table", { name: "The last runs" });
    expect(await table.isVisible()).toBe(false);
    await page.locator("summary").first().press("Enter");
    expect(await table.isVisible()).toBe(true);
  });
});

describe("the report page follows the reader's settings", () => {
  it("is dark where dark is asked for", async () => {
    const light = await open(renderHtml(PAGE), { colorScheme: "light" });
    const dark = await open(renderHtml(PAGE), { colorScheme: "dark" });
    const ground = styleOf("body", "background-color");
    expect(await light.page.evaluate(ground)).toBe("rgb(247, 248, 250)");
    expect(await dark.page.evaluate(ground)).toBe("rgb(15, 20, 26)");
  });

  it("scrolls at once where motion is to be reduced", async () => {
    const motion = styleOf("html", "scroll-behavior");
    const still = await open(renderHtml(PAGE), { reducedMotion: "reduce" });
    expect(await still.page.evaluate(motion)).toBe("auto");
    const moving = await open(renderHtml(PAGE), { reducedMotion: "no-preference" });
    expect(await moving.page.evaluate(motion)).toBe("smooth");
  });

  it("prints dark on white, whole tables, and nothing to click", async () => {
    const { page } = await open(renderHtml(PAGE), { colorScheme: "dark" });
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    expect(await page.evaluate(styleOf("body", "background-color"))).toBe("rgb(255, 255, 255)");
    expect(await page.evaluate(styleOf("body", "color"))).toBe("rgb(23, 32, 43)");
    expect(await page.evaluate(styleOf(".scroll", "overflow-y"))).toBe("visible");
    expect(await page.getByRole("navigation").isVisible()).toBe(false);
    expect(await page.getByRole("searchbox").first().isVisible()).toBe(false);
    expect(await page.getByRole("table", { name: "The last runs" }).isVisible()).toBe(true);
  });

  it("leads to the content past the links at the first key press", async () => {
    const { page } = await open(renderHtml(PAGE));
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    expect(await page.evaluate("document.activeElement.id")).toBe("content");
  });
});
