import type { BrokenPolicy, Evaluation } from "../evaluation.ts";
import type { ResourceRef } from "../resource.ts";
import type { FindingFacts } from "./finding.ts";

/**
 * The one JSON line that stands for an evaluation, in `evaluate` and in the evaluations of an audit; no line feed.
 * `project` = that of the resource, which policies have no word on.
 */
export function evaluationLine(evaluation: Evaluation, project = evaluation.project): string {
  return lineWith(evaluation.policies, evaluation, project);
}

/**
 * The one JSON line that stands for a finding: its evaluation and what else is known of it. Of a noncompliant resource
 * `policies` are those that it breaks; what else matches it has nothing to find.
 */
export function findingLine(
  evaluation: Evaluation,
  { owner, firstSeen, state, newlyBroken, code }: FindingFacts,
  project = evaluation.project,
): string {
  const { compliance, broken, policies } = evaluation;
  const line = lineWith(compliance === "noncompliant" ? namesOf(broken) : policies, evaluation, project);
  const facts = JSON.stringify({ owner, firstSeen, state, newlyBroken, code });
  return facts === "{}" ? line : `${line.slice(0, -1)},${facts.slice(1)}`;
}

function lineWith(policies: readonly string[], evaluation: Evaluation, project: string | undefined): string {
  const { id, compliance, missing, invalid, nearMisses, broken, exempted, forbidden, anyOf, about } = evaluation;
  const not = forbidden === undefined ? "" : `"forbidden":${json(forbidden)},`;
  const oneOf = anyOf === undefined ? "" : `"anyOf":${json(anyOf)},`;
  const keys = `"missing":${keptJson(missing)},"invalid":${json(invalid)},"nearMisses":${json(nearMisses)}`;
  const by = `"broken":${keptJson(broken)},${exempted === undefined ? "" : `"exempted":${json(exempted)},`}"policies":${keptJson(policies)}${about === undefined ? "" : `,"about":${keptJson(about)}`}`;
  return `{"id":${JSON.stringify(id)},${placeJson(evaluation, project)},"compliance":"${compliance}",${keys},${not}${oneOf}${by}}`;
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
const kept = new WeakMap<readonly unknown[], string>();

function keptJson(list: readonly unknown[]): string {
  const known = kept.get(list);
  if (known !== undefined) return known;
  const text = json(list);
  kept.set(list, text);
  return text;
}

/** The names of broken policies, as one list for all evaluations that share theirs. */
const names = new WeakMap<readonly BrokenPolicy[], readonly string[]>();

function namesOf(broken: readonly BrokenPolicy[]): readonly string[] {
  let known = names.get(broken);
  if (known === undefined) names.set(broken, (known = broken.map(({ policy }) => policy)));
  return known;
}

function json(list: readonly unknown[]): string {
  return list.length === 0 ? "[]" : JSON.stringify(list);
}

/** Noncompliant and unknown resources are the findings of an audit. */
export function isFinding(evaluation: Evaluation): boolean {
  return evaluation.compliance === "noncompliant" || evaluation.compliance === "unknown";
}
