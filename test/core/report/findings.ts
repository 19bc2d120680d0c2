import type { Finding } from "../../../lib/core/report/finding.ts";

/** A finding as it mostly is. */
export const NONCOMPLIANT: Finding = {
  type: "alibaba:apigateway:apiGroup",
  account: "111122223333",
  region: "cn-hangzhou",
  id: "g1",
  compliance: "noncompliant",
  missing: ["env"],
  invalid: [],
  nearMisses: [],
  policies: ["everything"],
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
