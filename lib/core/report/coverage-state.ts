import type { Coverage, CoverageState, Gap } from "./summary.ts";

export const COVERAGE_WORDS: Readonly<Record<CoverageState, string>> = {
  complete: "complete",
  "partly-seen": "partly seen",
  incomplete: "incomplete",
};

/** "Complete" is never said beside what nobody could have seen. */
export function coverageState({
  gaps,
  coverage: { taggedOnly, unproven = [] },
}: {
  readonly gaps: readonly Gap[];
  readonly coverage: Pick<Coverage, "taggedOnly" | "unproven">;
}): CoverageState {
  if (gaps.some(({ unproven: isUnproven }) => isUnproven !== true)) return "incomplete";
  return taggedOnly.length + unproven.length > 0 ? "partly-seen" : "complete";
}
