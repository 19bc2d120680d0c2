import type { Evaluation } from "../evaluation.ts";
import type { FindingFacts } from "./finding.ts";

/** The one JSON line that stands for an evaluation, in `evaluate` and in the evaluations of an audit; no line feed. */
export function evaluationLine(evaluation: Evaluation): string {
  const { id, type, account, region, compliance, missing, invalid, nearMisses, policies } = evaluation;
  return JSON.stringify({ id, type, account, region, compliance, missing, invalid, nearMisses, policies });
}

/** The one JSON line that stands for a finding: that of its evaluation, with what else is known of it. */
export function findingLine(line: string, { owner, firstSeen, state }: FindingFacts): string {
  const facts = JSON.stringify({ owner, firstSeen, state });
  return facts === "{}" ? line : `${line.slice(0, -1)},${facts.slice(1)}`;
}

/** Noncompliant and unknown resources are the findings of an audit. */
export function isFinding(evaluation: Evaluation): boolean {
  return evaluation.compliance === "noncompliant" || evaluation.compliance === "unknown";
}
