import type { Evaluation } from "../../../lib/core/evaluation.ts";
import type { Finding } from "../../../lib/core/report/finding.ts";

/** A finding as this version writes it. */
export type Found = Finding & Evaluation;

/** What a finding says of the policies that it breaks. */
export function breaking(...policies: readonly string[]): Pick<Found, "broken" | "policies"> {
  return { broken: policies.map((policy) => ({ policy, keys: ["env"] })), policies };
}

/** A finding as it mostly is. */
export const NONCOMPLIANT: Found = {
  type: "alibaba:apigateway:apiGroup",
  account: "111122223333",
  region: "cn-hangzhou",
  id: "g1",
  compliance: "noncompliant",
  missing: ["env"],
  invalid: [],
  nearMisses: [],
  ...breaking("everything"),
};

/** Names that attack whatever shows them. */
export const HOSTILE: readonly string[] = [
  "<script>alert(1)</script>",
  "</script><script>alert(1)</script>",
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  "</style><svg onload=alert(1)>",
  "<!--",
  "]]>",
  "&lt;b&gt;",
  "javascript:alert(1)",
  '=HYPERLINK("http://127.0.0.1/")',
  "@SUM(1)",
  "\u202Etxt.exe",
  "\uD800",
  "\u0000",
  "`${1}`",
];
