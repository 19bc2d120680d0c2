import { createHash } from "node:crypto";
import { Script } from "node:vm";
import { parse, type DefaultTreeAdapterTypes } from "parse5";
import { describe, expect, it } from "vitest";
import { pastRun } from "../../../../lib/core/report/history.ts";
import { renderHtml } from "../../../../lib/core/report/html/page.ts";
import { SCRIPT } from "../../../../lib/core/report/html/script.ts";
import * as fc from "../../../properties.ts";
import { breaking, HOSTILE, NONCOMPLIANT, type Found } from "../findings.ts";
import { calling, EARLIER, PAGE, reportOf } from "./pages.ts";

type Element = DefaultTreeAdapterTypes.Element;

function elements(page: string): Element[] {
  const found: Element[] = [];
  const visit = (node: DefaultTreeAdapterTypes.Node): void => {
    if ("tagName" in node) found.push(node);
    if ("childNodes" in node) for (const child of node.childNodes) visit(child);
  };
  visit(parse(page));
  return found;
}

function textOf(node: DefaultTreeAdapterTypes.Node): string {
  if (node.nodeName === "#text" && "value" in node) return node.value;
  return "childNodes" in node ? node.childNodes.map(textOf).join("") : "";
}

/** What a reader sees: any run of spaces is one. */
const shownIn = (element: Element) => textOf(element).replaceAll(/\s+/gu, " ").trim();
const attribute = (element: Element, name: string) => element.attrs.find((one) => one.name === name)?.value;
const named = (page: string, tag: string) => elements(page).filter(({ tagName }) => tagName === tag);

/** What of a page is markup: each element with the names of its attributes. */
function skeleton(page: string): string[] {
  return elements(page).map(({ tagName, attrs }) => [tagName, ...attrs.map(({ name }) => name)].join(" "));
}

describe("renderHtml", () => {
  it("has the same markup whatever resources, tags, policies and errors are called", () => {
    const harmless = skeleton(renderHtml(calling("harmless")));
    const names = fc.oneof(
      fc.string({ unit: "binary", minLength: 1, maxLength: 60 }),
      fc.constantFrom(...HOSTILE),
      fc.tuple(fc.constantFrom(...HOSTILE), fc.constantFrom(...HOSTILE)).map((two) => two.join("")),
    );
    fc.assert(
      fc.property(names, (name) => {
        expect(skeleton(renderHtml(calling(name)))).toEqual(harmless);
      }),
    );
  });

  it("shows a hostile name as it is", () => {
    const cells = named(renderHtml(calling("<script>alert(1)</script>")), "bdi").map(shownIn);
    expect(cells).toContain("<script>alert(1)</script>");
  });

  it("loads nothing: no address but those of its own parts and sections", () => {
    const page = renderHtml(PAGE);
    const addresses = elements(page).flatMap((element) =>
      ["src", "href", "action", "data", "srcset", "xlink:href"].flatMap((name) => attribute(element, name) ?? []),
    );
    expect(addresses.filter((address) => !address.startsWith("#"))).toEqual([
      "report.json",
      "report.md",
      "findings/s.1.ndjson.gz",
    ]);
    expect(page).not.toMatch(/url\(|@import|https?:/u);
  });

  it("carries one script, which is always the same and alone allowed to run", () => {
    const page = renderHtml(calling("</script><script>x"));
    expect(named(page, "script").map(textOf)).toEqual([SCRIPT]);
    const [policy] = named(page, "meta").filter((meta) => attribute(meta, "http-equiv") === "Content-Security-Policy");
    const hash = createHash("sha256").update(SCRIPT).digest("base64");
    expect(policy && attribute(policy, "content")).toContain(`script-src 'sha256-${hash}'`);
  });

  it("carries a script that parses", () => {
    expect(() => new Script(SCRIPT)).not.toThrow();
  });

  it("has the parts of a report in the order in which readers ask for them", () => {
    expect(named(renderHtml(PAGE), "h2").map(shownIn)).toEqual([
      "Compliance",
      "Trend",
      "New, fixed, still open",
      "Worst offenders",
      "Where",
      "Exemptions",
      "Coverage",
      "Calls and time",
      "Files",
    ]);
  });

  it("says the share with its denominator", () => {
    const page = named(renderHtml(PAGE), "main").map(shownIn).join("");
    expect(page).toContain("50.0 %");
    expect(page).toContain("1 of the 2 resources that were judged is compliant");
  });

  it("says what is new, fixed and still open since the last run", () => {
    const tiles = named(renderHtml(PAGE), "dl").map(shownIn);
    expect(tiles[0]).toContain("2 new findings, 1 fixed, 0 gone, 0 still open");
    expect(tiles[1]).toBe("New 2 Fixed 1 Gone 0 Still open 0");
  });

  it("tells what is exempted or no longer judged apart from what is fixed", () => {
    const { survey } = PAGE.report;
    if (survey?.changes === undefined) throw new Error("the page has changes");
    const changes = { ...survey.changes, exempted: 5, unjudged: 3 };
    const tiles = named(renderHtml({ ...PAGE, report: { ...PAGE.report, survey: { ...survey, changes } } }), "dl");
    expect(tiles.map(shownIn)[1]).toBe("New 2 Fixed 1 Exempted 5 No longer judged 3 Gone 0 Still open 0");
  });

  it("draws a point for each run and says the same in words", () => {
    const page = renderHtml(PAGE);
    expect(named(page, "circle").map(shownIn)).toEqual([
      "2026-11-21 01:59 UTC: 25.0 %",
      "2026-11-22 01:59 UTC: 50.0 %",
    ]);
    const pictures = elements(page).map((element) => attribute(element, "aria-label"));
    expect(pictures).toContain("Compliance over 2 runs, from 25.0 % to 50.0 %");
  });

  it("leaves the line of the trend open where a run judged nothing", () => {
    const history = [EARLIER, { ...EARLIER, run: "r1b", compliance: null }, pastRun(PAGE.report)];
    expect(named(renderHtml({ ...PAGE, history }), "circle")).toHaveLength(2);
  });

  it("names what an incomplete run is missing", () => {
    const gaps = [{ shard: "b", reason: "no answer" }];
    const page = renderHtml({ ...PAGE, report: reportOf([NONCOMPLIANT], { complete: false, gaps }) });
    expect(page).toContain("This report is incomplete.");
    expect(named(page, "li").map(shownIn)).toContain("b: no answer");
  });

  it("has a language, a title, one main, one h1 and sections that their headings name", () => {
    const page = renderHtml(PAGE);
    const [root] = named(page, "html");
    expect(root && attribute(root, "lang")).toBe("en");
    expect(named(page, "title").map(shownIn)[0]).toBe("Tag compliance: 50.0 %");
    expect([named(page, "main").length, named(page, "h1").length, named(page, "nav").length]).toEqual([1, 1, 1]);
    const ids = elements(page).flatMap((element) => attribute(element, "id") ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    for (const section of named(page, "section")) expect(ids).toContain(attribute(section, "aria-labelledby"));
    for (const link of named(page, "a")) {
      const target = attribute(link, "href") ?? "";
      if (target.startsWith("#")) expect(ids).toContain(target.slice(1));
    }
  });

  it("has a caption on each table, a scope on each heading cell and a name on each picture", () => {
    const page = renderHtml(PAGE);
    expect(named(page, "caption")).toHaveLength(named(page, "table").length);
    for (const heading of named(page, "th")) expect(attribute(heading, "scope")).toMatch(/^(col|row)$/u);
    const pictures = elements(page).filter((element) => attribute(element, "role") === "img");
    expect(pictures).toHaveLength(2);
    for (const picture of pictures) expect(attribute(picture, "aria-label")).toMatch(/./u);
  });

  it("shows what somebody wrote into a tag so that its oddity is seen", () => {
    const invalid = [{ key: "cost", value: "1\u00a0", reason: "must be a number" }];
    const page = renderHtml({
      ...PAGE,
      report: reportOf([{ ...NONCOMPLIANT, invalid, nearMisses: [{ key: "env", found: "env  " }] }]),
    });
    expect(page).toContain(String.raw`<bdi>cost</bdi> = <bdi>&quot;1\u{a0}&quot;</bdi>: <bdi>must be a number</bdi>`);
    expect(page).toContain(String.raw`<bdi>env</bdi> (has <bdi>&quot;env \u{20}&quot;</bdi>)`);
  });

  it.each(["&", "\u200b"])("stays under 2 MB however much was found and however it is called: %j", (character) => {
    const long = character.repeat(10_000);
    const many = Array.from({ length: 1000 }, (_, index) => `${index}${long}`);
    const findings = many.slice(0, 300).map((name): Found => {
      const problems = { missing: [name, name], invalid: [{ key: name, value: name, reason: name }] };
      return {
        ...NONCOMPLIANT,
        ...problems,
        id: name,
        type: name,
        account: name,
        region: name,
        owner: name,
        ...breaking(name),
      };
    });
    const numbered = Object.fromEntries(many.map((name) => [name, 1]));
    const source = { inventory: 1, tagListing: 0, onlyInventory: 1, onlyTagListing: 0, events: 0, onlyEvents: 0 };
    const report = reportOf(findings, {
      complete: false,
      gaps: many.map((name) => ({ shard: name, type: name, reason: name })),
      calls: numbered,
      readErrors: numbered,
      notTaggable: numbered,
      coverage: {
        ...PAGE.report.coverage,
        byType: Object.fromEntries(many.map((name) => [name, source])),
        notes: many,
      },
      exemptions: many.map((name) => ({
        reason: name,
        approvedBy: name,
        tags: [name],
        expires: "2026-12-31",
        expired: false,
      })),
    });
    const history = Array.from({ length: 30 }, (_, index) => ({
      ...EARLIER,
      run: `${index}${long}`,
      policyHash: long,
    }));
    const parts = Array.from(
      { length: 5000 },
      (_, index) => `../../findings/run=r/shard=${"x".repeat(100)}/${index}.ndjson.gz`,
    );
    const page = renderHtml({ report, history, parts });
    expect(new TextEncoder().encode(page).length).toBeLessThan(2_000_000);
    expect(page).toContain("4,700 more beside them.");
  });

  it("says of each exemption how many resources it covers, where that was counted", () => {
    const exemption = { reason: "shared", expires: "2026-12-31", expired: false };
    const exemptions = [{ ...exemption, resources: 1_200 }, exemption];
    const page = renderHtml({ ...PAGE, report: { ...PAGE.report, exemptions } });
    expect(page).toMatch(/>Covers<[^]+ data-value="1200">1,200<\/td>[^]+ data-value="-1">–<\/td>/u);
  });
});
