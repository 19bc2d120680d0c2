import { describe, expect, it } from "vitest";
import { renderHtml, type PageParts } from "../../lib/core/report/html/page.ts";
import { HOSTILE } from "../core/report/findings.ts";
import { calling, PAGE, reportOf } from "../core/report/html/pages.ts";
import { axeViolations } from "./axe.ts";
import { browserPages, PHONE, WIDE } from "./open-page.ts";

const open = browserPages();

const EMPTY: PageParts = { report: reportOf([]), history: [], parts: [] };

const VIEWS = [
  ["light", "wide", WIDE],
  ["dark", "wide", WIDE],
  ["light", "phone", PHONE],
  ["dark", "phone", PHONE],
] as const;

describe.each(VIEWS)("the report page, %s, %s", (colorScheme, _, viewport) => {
  it.each([
    ["with something in each part", PAGE],
    ["of an account in which nothing was found", EMPTY],
    ["of an incomplete run over hostile names", calling("<script>alert(1)</script>")],
  ])("has nothing that axe finds wrong, %s", async (_, parts) => {
    const { page } = await open(renderHtml(parts), { colorScheme, viewport });
    expect(await axeViolations(page)).toEqual([]);
  });
});

const NAMES: readonly (readonly [what: string, name: string])[] = [
  ["10,000 characters without a space", "long".repeat(2500)],
  ["10,000 wide characters", "漢".repeat(10_000)],
  ["emoji of many code points", "👩‍👩‍👧‍👦🏴󠁧󠁢󠁳󠁣󠁴󠁿".repeat(20)],
  ["marks upon marks", `Z${"\u0351\u0320".repeat(200)}`],
  ["no-break spaces", "\u00A0".repeat(1000)],
  ...HOSTILE.map((name) => [JSON.stringify(name), name] as const),
];

describe("the report page on a phone", () => {
  it.each(NAMES)(
    "never scrolls sideways, nor runs or loads anything, when things are called by %s",
    async (_, name) => {
      const { page, complaints, requests } = await open(renderHtml(calling(name)), { viewport: PHONE });
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(PHONE.width);
      expect({ complaints, requests }).toEqual({ complaints: [], requests: [] });
    },
  );
});

describe("the report page", () => {
  it("keeps a name that turns the writing direction to itself", async () => {
    const { page } = await open(renderHtml(calling("\u202Egnp.exe")));
    const heading = page.getByRole("row", { name: "missing" }).first().locator("td").last();
    expect(await heading.innerText()).toMatch(/^missing /u);
    const turned = await page.evaluate("getComputedStyle(document.querySelector('td.wide bdi')).unicodeBidi");
    expect(turned).toBe("isolate");
  });

  it("is refused any script but its own", async () => {
    const { page, complaints } = await open(
      renderHtml(PAGE).replace("</main>", "<script>window.ran = 1</script></main>"),
    );
    expect(await page.evaluate("window.ran")).toBeUndefined();
    expect(complaints.join()).toContain("Content Security Policy");
  });

  it("loads nothing while it is used", async () => {
    const { page, complaints, requests } = await open(renderHtml(PAGE));
    await page.getByRole("searchbox").first().fill("env");
    await page.getByRole("button", { name: "Type" }).first().click();
    await page.getByText("The same as a table").click();
    expect({ complaints, requests }).toEqual({ complaints: [], requests: [] });
  });
});
