import type { Locator, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { renderHtml } from "../../lib/core/report/html/page.ts";
import { NONCOMPLIANT } from "../core/report/findings.ts";
import { PAGE, reportOf } from "../core/report/html/pages.ts";
import { browserPages } from "./open-page.ts";

const open = browserPages();

const FOUND = [
  { ...NONCOMPLIANT, id: "g10", region: "cn-beijing", missing: ["env"] },
  { ...NONCOMPLIANT, id: "g9", region: "cn-hangzhou", missing: ["env", "owner", "cost-center"] },
  { ...NONCOMPLIANT, id: "g1", region: "cn-shanghai", missing: ["env", "owner"] },
];
const PAGE_OF_THREE = renderHtml({ ...PAGE, report: reportOf(FOUND) });

const findingsOn = (page: Page): Locator => page.getByRole("region", { name: "those with the most problems first" });
const idsIn = (table: Locator) => table.locator("tbody tr:visible th bdi:first-child").allInnerTexts();
const names = async (table: Locator) => (await idsIn(table)).filter((text) => /^g\d+$/u.test(text));

/** Presses a key until this is focused, as a reader without a mouse does. */
async function tabTo(page: Page, wanted: Locator): Promise<void> {
  const isFocused = async (): Promise<boolean> => (await wanted.and(page.locator(":focus")).count()) === 1;
  for (let presses = 0; presses < 60 && !(await isFocused()); presses++) await page.keyboard.press("Tab");
  expect(await isFocused()).toBe(true);
}

describe("the table of findings", () => {
  it("sorts by a column at a key press, the other way round at the next, and says so", async () => {
    const { page } = await open(PAGE_OF_THREE);
    const table = findingsOn(page);
    const heading = table.getByRole("columnheader", { name: "Resource" });
    expect(await names(table)).toEqual(["g9", "g1", "g10"]);
    await tabTo(page, heading.getByRole("button"));
    await page.keyboard.press("Enter");
    expect([await names(table), await heading.getAttribute("aria-sort")]).toEqual([["g1", "g9", "g10"], "ascending"]);
    await page.keyboard.press("Space");
    expect([await names(table), await heading.getAttribute("aria-sort")]).toEqual([["g10", "g9", "g1"], "descending"]);
  });

  it("sorts figures as figures, the largest first, and one column at a time", async () => {
    const { page } = await open(PAGE_OF_THREE);
    const table = findingsOn(page);
    await table.getByRole("button", { name: "Region" }).click();
    await table.getByRole("button", { name: "Problems" }).click();
    expect(await names(table)).toEqual(["g9", "g1", "g10"]);
    expect(await table.locator("[aria-sort]").count()).toBe(1);
  });

  it("shows only rows that hold what is typed, and says how many", async () => {
    const { page } = await open(PAGE_OF_THREE);
    const table = findingsOn(page);
    const field = page.getByRole("searchbox").last();
    await tabTo(page, field);
    await page.keyboard.type("HANGZHOU");
    expect(await names(table)).toEqual(["g9"]);
    expect(await page.getByRole("status").last().innerText()).toBe("1 of 3 rows");
    await page.keyboard.press("Escape");
    expect(await names(table)).toHaveLength(3);
    expect(await page.getByRole("status").last().innerText()).toBe("");
  });

  it("keeps the filter while it is sorted", async () => {
    const { page } = await open(PAGE_OF_THREE);
    const table = findingsOn(page);
    await page.getByRole("searchbox").last().fill("cost-center");
    await table.getByRole("button", { name: "Resource" }).click();
    expect(await names(table)).toEqual(["g9"]);
  });

  it("can be scrolled by keyboard", async () => {
    const many = Array.from({ length: 60 }, (_, index) => ({ ...NONCOMPLIANT, id: `g${index}` }));
    const { page } = await open(renderHtml({ ...PAGE, report: reportOf(many) }));
    const table = findingsOn(page);
    await table.focus();
    await page.keyboard.press("End");
    await expect.poll(() => page.evaluate<number>("document.activeElement.scrollTop")).toBeGreaterThan(100);
  });
});
