import { expect, it } from "vitest";
import { matchText } from "../../../lib/core/policy/match-text.ts";

it.each([
  [{}, "everything"],
  [{ types: ["aws:ec2:instances"] }, "types aws:ec2:instances"],
  [{ types: ["aws:*", "huawei:*"], accounts: ["1"] }, "types aws:* or huawei:*, accounts 1"],
  [{ regions: ["a", "b", "c", "d", "e"] }, "regions a or b or c (and 2 more)"],
  [{ tags: [["env", ["prod|staging"]]] as const, ids: ["i-*"] }, "ids i-*, tag env=prod|staging"],
  [{ types: ["aws:*"], not: { tags: [["sandbox", ["*"]]] as const } }, "types aws:*, not tag sandbox=*"],
  [{ not: { regions: ["global"] } }, "not regions global"],
])("%j is in words: %s", (match, text) => {
  expect(matchText(match)).toBe(text);
});
