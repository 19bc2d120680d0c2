import type { Evaluation } from "../evaluation.ts";

/** The one JSON line that stands for an evaluation, in `evaluate` and in the parts of an audit; no line feed. */
export function evaluationLine(evaluation: Evaluation): string {
  const { id, type, account, region, compliance, missing, invalid, nearMisses, policies } = evaluation;
  return JSON.stringify({ id, type, account, region, compliance, missing, invalid, nearMisses, policies });
}

/** Noncompliant and unknown resources are the findings of an audit. */
export function isFinding(evaluation: Evaluation): boolean {
  return evaluation.compliance === "noncompliant" || evaluation.compliance === "unknown";
}
