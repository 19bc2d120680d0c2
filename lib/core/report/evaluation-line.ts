import type { Evaluation } from "../evaluation.ts";

/** The one JSON line that stands for an evaluation, in `evaluate` and in the evaluations of an audit; no line feed. */
export function evaluationLine(evaluation: Evaluation): string {
  const { id, type, account, region, compliance, missing, invalid, nearMisses, policies } = evaluation;
  return JSON.stringify({ id, type, account, region, compliance, missing, invalid, nearMisses, policies });
}

/** The one JSON line that stands for a finding: that of its evaluation, with the owner that its tags name. */
export function findingLine(line: string, owner: string | undefined): string {
  return owner === undefined ? line : `${line.slice(0, -1)},"owner":${JSON.stringify(owner)}}`;
}

/** Noncompliant and unknown resources are the findings of an audit. */
export function isFinding(evaluation: Evaluation): boolean {
  return evaluation.compliance === "noncompliant" || evaluation.compliance === "unknown";
}
