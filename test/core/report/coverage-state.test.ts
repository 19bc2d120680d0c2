import { describe, expect, it } from "vitest";
import { coverageState } from "../../../lib/core/report/coverage-state.ts";
import type { Gap } from "../../../lib/core/report/summary.ts";

const SEEN: Parameters<typeof coverageState>[0] = { gaps: [], coverage: { taggedOnly: [] } };
const GAP: Gap = { shard: "s", reason: "refused" };
const EMPTY: Gap = { ...GAP, unproven: true };

describe("coverage", () => {
  it("is complete where every listing shows all that there is", () => {
    expect(coverageState(SEEN)).toBe("complete");
  });

  it("is partly seen beside resources that never carried a tag and that no inventory shows", () => {
    expect(coverageState({ ...SEEN, coverage: { taggedOnly: ["444455556666"] } })).toBe("partly-seen");
  });

  it.each([
    ["in a report", { ...SEEN, coverage: { taggedOnly: [], unproven: [EMPTY] } }],
    ["in a report that finds no fault with it", { ...SEEN, gaps: [], coverage: { taggedOnly: [], unproven: [GAP] } }],
  ])("is partly seen beside an empty listing that proves nothing, %s", (_, report) => {
    expect(coverageState(report)).toBe("partly-seen");
  });

  it("is incomplete where a part is missing, whatever else can't be seen", () => {
    expect(coverageState({ ...SEEN, gaps: [GAP] })).toBe("incomplete");
    expect(coverageState({ gaps: [GAP], coverage: { taggedOnly: ["444455556666"] } })).toBe("incomplete");
  });
});
