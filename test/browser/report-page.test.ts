import { describe, expect, it } from "vitest";
import { renderHtml } from "../../lib/core/report/html.ts";
import { calling, PAGE } from "../core/report/pages.ts";
import { axeViolations } from "./axe.ts";
import { browserPages, PHONE, WIDE } from "./open-page.ts";

const open = browserPages();

describe.each([
  ["light", "wide", WIDE],
  ["dark", "wide", WIDE],
  ["light", "phone", PHONE],
  ["dark", "phone", PHONE],
] as const)("the report page, %s, %s", (colorScheme, _, viewport) => {
  it("has nothing that axe finds wrong", async () => {
    const { page } = await open(renderHtml(PAGE), { colorScheme, viewport });
    expect(await axeViolations(page)).toEqual([]);
  });

  it("is as wide as the window, whatever things are called", async () => {
    const name = `\u202Eevil \uD800 🦄 <b>${"long".repeat(2500)}`;
    const { page } = await open(renderHtml(calling(name)), { colorScheme, viewport });
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(viewport.width);
  });
});

describe("the report page", () => {
  it("loads nothing, and the browser has nothing to complain of", async () => {
    const { complaints, requests } = await open(renderHtml(PAGE));
    expect({ complaints, requests }).toEqual({ complaints: [], requests: [] });
  });
});
