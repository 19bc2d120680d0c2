import { describe, expect, it } from "vitest";
import { nights, type Night } from "./alert-nights.ts";

const LIGHT = '- { name: named, match: { types: ["alibaba:*"] }, require: [name], severity: low }';
const GRAVE = '- { name: owned, match: { types: ["alibaba:*"] }, require: [owner], severity: high }';
const asking = (...policies: readonly string[]): string => `
version: 1
requiredTags: { name: {}, owner: {} }
policies:
  ${policies.join("\n  ")}
`;
const BOTH = asking(LIGHT, GRAVE);

/** What is told of findings one by one, night after night. */
async function told(...all: readonly Night[]) {
  const answers = await nights(...all);
  return answers.map(({ told: changes }) => changes.filter((one) => one.endsWith("new-finding")).join());
}

describe("a finding that nobody was told of", () => {
  it("is told when something severe breaks that didn't before, once, and when all of it is mended", async () => {
    const all = [{ owner: "ann" }, { owner: "ann" }, {}, {}, { owner: "ann", name: "x" }];
    expect(await told(...all.map((tags) => ({ policies: BOTH, tags })))).toEqual([
      "",
      "",
      "opened new-finding",
      "",
      "resolved new-finding",
    ]);
  });

  it("is not told for what was broken in the first run, however long that stays", async () => {
    expect(await told(...[{}, {}, {}].map((tags) => ({ policies: BOTH, tags })))).toEqual(["", "", ""]);
  });

  it("is not told for what is asked first since a policy was added, that night or later", async () => {
    const tags = {};
    const night = { policies: BOTH, tags };
    expect(await told({ policies: asking(LIGHT), tags }, night, night)).toEqual(["", "", ""]);
  });

  it("is not told for something that breaks and isn't severe", async () => {
    const all = [{ name: "x" }, {}, {}];
    expect(await told(...all.map((tags) => ({ policies: BOTH, tags })))).toEqual(["", "", ""]);
  });

  it("is not told for a policy that is renamed while it is broken", async () => {
    const renamed = { policies: BOTH.replace("owned", "owned-v2"), tags: {} };
    expect(await told({ policies: BOTH, tags: {} }, renamed, renamed)).toEqual(["", "", ""]);
  });
});
