import { describe, expect, it } from "vitest";
import { renderHtml } from "../../../../lib/core/report/html/page.ts";
import { createSurveyor } from "../../../../lib/core/report/survey.ts";
import { NONCOMPLIANT } from "../findings.ts";
import { PAGE } from "./pages.ts";

const MILLION = 1_000_000;

describe("the page of 1,000,000 findings", () => {
  it("has less than 2 MB, says how many it doesn't show, and links to the parts that hold them", () => {
    const surveyor = createSurveyor();
    for (let n = 0; n < MILLION; n++) {
      surveyor.add({
        ...NONCOMPLIANT,
        id: `arn:aws:ec2:us-east-1:444455556666:instance/i-${n}`,
        owner: `team-${n % 5000}`,
      });
    }
    const parts = Array.from({ length: 200 }, (_, n) => `../../findings/run=r2/shard=s${n}/p-00001.ndjson.gz`);
    const page = renderHtml({ ...PAGE, report: { ...PAGE.report, survey: surveyor.end() }, parts });
    expect(new TextEncoder().encode(page).length).toBeLessThan(2_000_000);
    expect(page).toContain("999,900 more in the findings parts");
    expect(page.match(/href="\.\.\/\.\.\/findings\/run%3Dr2\/shard%3Ds\d+\/p-00001\.ndjson\.gz"/gu)).toHaveLength(200);
  });
});
