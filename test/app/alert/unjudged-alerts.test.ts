import { describe, expect, it } from "vitest";
import { nights, type Night } from "./alert-nights.ts";

/** The policies of a night. */
const policy = (name: string, type: string): string =>
  `- { name: ${name}, match: { types: ["${type}"], not: { tags: { sandbox: "*" } } }, require: [owner], severity: high }`;
const OWNED = `
version: 1
requiredTags: { owner: {} }
policies:
  ${policy("owned", "alibaba:apigateway:*")}
`;
const MISSPELT = OWNED.replace("apigateway", "apigatway");
const RENAMED = OWNED.replace("owned", "owned-v2");
const NONE = "version: 1\npolicies: []\n";
const EXEMPT = `${OWNED}exemptions: [{ match: {}, reason: we gave up, expires: "2099-01-31" }]\n`;

const FINE: Night = { policies: OWNED, tags: { owner: "ann" } };
const BAD: Night = { policies: OWNED, tags: {} };

const ALL = ["compliance", "compliance-drop", "new-finding"];
const each = (change: string, kinds: readonly string[] = ALL): string[] => kinds.map((kind) => `${change} ${kind}`);

describe("alerts over what nobody judges any more", () => {
  it("stay open where a policy matches nothing, say why once, and are over when it is mended", async () => {
    const [, opened, dead, still, back, mended] = await nights(
      FINE,
      BAD,
      { ...BAD, policies: MISSPELT },
      { ...BAD, policies: MISSPELT },
      BAD,
      FINE,
    );
    expect(opened?.told).toEqual(each("opened"));
    expect(dead?.told).toEqual(each("repeated"));
    expect(dead?.text).toContain("The policy owned matched nothing: types alibaba:apigatway:*, not tag sandbox=*.");
    expect([still?.told, back?.told]).toEqual([[], []]);
    expect(mended?.told).toEqual(each("resolved"));
    expect(mended?.text).not.toContain("not fixed");
  });

  it("stay open where there is no policy any more at all", async () => {
    const [, , none] = await nights(FINE, BAD, { ...BAD, policies: NONE });
    expect(none?.told).toEqual(each("repeated"));
    expect(none?.text).toContain("The policy owned is not in the policies any more.");
    expect(none?.text).toContain("The last run has judged nothing at all.");
  });

  it("say of what they repeat that it is of the last audit that judged it, however many have passed since", async () => {
    const [, opened, dead, none, back] = await nights(
      FINE,
      BAD,
      { ...BAD, policies: MISSPELT },
      { ...BAD, policies: NONE },
      { ...BAD, days: 400 },
    );
    const figures = "1 of the 1 resource under it that was judged is noncompliant.";
    const then = "2026-11-24 02:00 UTC";
    expect(opened?.text).toContain(figures);
    for (const later of [dead, none]) {
      expect(later?.text).toContain(`Compliance with owned is 0.0 %, below 95.0 % (as of ${then})`);
      expect(later?.text).toContain(`As of ${then}, the last audit that judged it: ${figures}`);
      expect(later?.text).toContain(
        `As of ${then}, the last audit that judged it: owner is missing (policies: owned).`,
      );
    }
    expect(back?.told).toContain("repeated compliance");
    for (const judged of [opened, back]) expect(judged?.text.toLowerCase()).not.toContain("as of");
  });

  it("say once that a policy is gone, and end after 30 days with the reason", async () => {
    const renamed: Night = { tags: {}, policies: RENAMED };
    const all = await nights(FINE, BAD, renamed, renamed, { ...renamed, days: 28 }, renamed);
    expect(all.slice(2).map(({ told }) => told)).toEqual([
      ["opened compliance", "repeated compliance"],
      [],
      [],
      ["resolved compliance"],
    ]);
    expect(all.at(-1)?.text).toContain(
      "It is not fixed: nobody has judged it for 30 days. The policy owned is not in the policies any more.",
    );
  });

  it("say once that a resource was taken out of its policy, and end after 30 days with the reason", async () => {
    const outside: Night = { policies: OWNED, tags: { sandbox: "yes" }, other: "g2" };
    const all = await nights(FINE, BAD, outside, { ...outside, days: 29 }, outside);
    expect(all.slice(2).map(({ told }) => told.filter((one) => one.endsWith("new-finding")))).toEqual([
      ["repeated new-finding"],
      [],
      ["resolved new-finding"],
    ]);
    expect(all.at(-1)?.text).toContain("nobody has judged it for 30 days");
  });

  it("are over where an exemption covers it, with its last day", async () => {
    const [, , exempt] = await nights(FINE, BAD, { ...BAD, policies: EXEMPT });
    expect(exempt?.told).toContain("resolved new-finding");
    expect(exempt?.text).toContain("It is not fixed: it is exempt until 2099-01-31.");
    expect(exempt?.told).toContain("resolved compliance");
    expect(exempt?.text).toContain("It is not fixed: all that the policy matches, 1 resource, is exempt.");
  });
});
