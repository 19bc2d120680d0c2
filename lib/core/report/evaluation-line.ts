import type { Evaluation } from "../evaluation.ts";
import type { ResourceRef } from "../resource.ts";
import type { FindingFacts } from "./finding.ts";

/**
 * The one JSON line that stands for an evaluation, in `evaluate` and in the evaluations of an audit; no line feed.
 * `project` = that of the resource, which policies have no word on.
 */
export function evaluationLine(evaluation: Evaluation, project = evaluation.project): string {
  const { id, compliance, missing, invalid, nearMisses, policies } = evaluation;
  const keys = `"missing":${keptJson(missing)},"invalid":${json(invalid)},"nearMisses":${json(nearMisses)}`;
  return `{"id":${JSON.stringify(id)},${placeJson(evaluation, project)},"compliance":"${compliance}",${keys},"policies":${keptJson(policies)}}`;
}

/** The JSON of the last place: there are millions of lines, and most are about the place of the one before. */
let last: Omit<ResourceRef, "id"> & { readonly json: string } = {
  type: "",
  account: "",
  region: "",
  project: undefined,
  json: '"type":"","account":"","region":""',
};

function placeJson({ type, account, region }: Evaluation, project: string | undefined): string {
  if (type !== last.type || account !== last.account || region !== last.region || project !== last.project) {
    const json = JSON.stringify({ type, account, region, project }).slice(1, -1);
    last = { type, account, region, project, json };
  }
  return last.json;
}

/** The JSON of lists that evaluations share: those of the same policies, and those that lack the same keys. */
const kept = new WeakMap<readonly string[], string>();

function keptJson(list: readonly string[]): string {
  const known = kept.get(list);
  if (known !== undefined) return known;
  const text = json(list);
  kept.set(list, text);
  return text;
}

function json(list: readonly unknown[]): string {
  return list.length === 0 ? "[]" : JSON.stringify(list);
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
