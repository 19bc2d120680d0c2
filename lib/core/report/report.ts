import { coverageState } from "./coverage-state.ts";
import type { ComplianceCounts, Coverage, Dimension, Gap, KeyCounts, RepairCounts, Summary } from "./summary.ts";
import { complianceOf, EMPTY_SUMMARY } from "./summary.ts";
import type { About } from "../evaluation.ts";
import type { Mode } from "../mode.ts";
import { aboutPolicies } from "../policy/about.ts";
import type { Severity } from "../policy/compiled.ts";
import type { ExemptionState } from "../policy/exemption.ts";
import { idlePolicies, type PolicyFacts } from "./idle-policies.ts";
import type { Survey } from "./survey.ts";

/** Which run a report is about. Times are RFC 3339, UTC. */
export interface RunFacts {
  readonly run: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  /** The policies that judged it, by hash. */
  readonly policyHash: string;
  /** Into how many shards its configuration divides what there is; another number = other accounts, regions or services. */
  readonly shardCount?: number;
  /** `report`: nothing was written, whatever policies and accounts say. Absent where the run doesn't tell. */
  readonly mode?: Mode;
}

/**
 * One line of a breakdown. `compliance` is null where nothing was judged; `note` says why a policy has matched nothing,
 * `description` and `url` what the policy file says of it.
 */
export interface ReportGroup extends Described {
  readonly name: string;
  readonly resources: number;
  readonly compliance: number | null;
  readonly evaluated: ComplianceCounts;
  readonly note?: string;
}

/** What the policy file says of a policy or key. */
export type Described = Pick<About, "description" | "url">;

/** What `report.json` holds. */
export interface Report extends RunFacts {
  /** False where `gaps` names parts of the run that are missing. */
  readonly complete: boolean;
  readonly gaps: readonly Gap[];
  readonly resources: number;
  /** compliant ÷ (compliant + noncompliant); null where nothing was judged. */
  readonly compliance: number | null;
  readonly evaluated: ComplianceCounts;
  /** Sorted by name. */
  readonly by: Readonly<Record<Dimension, readonly ReportGroup[]>>;
  /** The keys that are missing or invalid most often first. */
  readonly keys: readonly (KeyCounts & Described & { readonly key: string })[];
  /** Resources that carry a key which a policy forbids, the most first; absent = there is none. */
  readonly forbidden?: readonly { readonly key: string; readonly resources: number }[];
  readonly coverage: Coverage;
  readonly calls: Readonly<Record<string, number>>;
  readonly rows: number;
  readonly readErrors: Readonly<Record<string, number>>;
  readonly notTaggable: Readonly<Record<string, number>>;
  /** Findings that a policy with `repair: nightly` has something to write for. */
  readonly repairs: RepairCounts;
  /** What its findings come to: the worst, their owners, what changed. Absent where they were not looked at. */
  readonly survey?: Survey;
  /** The exemptions of its policies, in file order. Absent where the policies were not available. */
  readonly exemptions?: readonly ExemptionState[];
  /** How severe a finding of each policy is, in file order. Absent where the policies were not available. */
  readonly policies?: readonly { readonly name: string; readonly severity: Severity }[];
}

/** What a report says beyond the summary of its run. */
export interface ReportDetails extends Pick<Report, "survey" | "exemptions"> {
  /** The policies of the run, in file order; absent = not available. */
  readonly policies?: readonly PolicyFacts[];
  /** Names of the policies of the run before, as far as they are known. */
  readonly policiesBefore?: readonly string[];
}

/** Turns the merged summary of a run into its report. Pure: the same summary gives the same report. */
export function buildReport(
  facts: RunFacts,
  summary: Summary,
  { policies, policiesBefore = [], ...details }: ReportDetails = {},
): Report {
  const gaps = summary.gaps.filter(({ unproven }) => unproven !== true);
  const complete = gaps.length === 0;
  const said = saidBy(policies ?? []);
  const forbidden = Object.entries(summary.forbidden)
    .map(([key, resources]) => ({ key, resources }))
    .sort((a, b) => b.resources - a.resources || (a.key < b.key ? -1 : 1));
  const matched = new Set(Object.keys(summary.by.policy));
  const looked = { complete, unknown: summary.evaluated.unknown };
  return {
    ...facts,
    complete,
    gaps,
    resources: summary.resources,
    compliance: complianceOf(summary.evaluated) ?? null,
    evaluated: summary.evaluated,
    by: {
      provider: groups(summary.by.provider),
      type: groups(summary.by.type),
      account: groups(summary.by.account),
      region: groups(summary.by.region),
      policy: [
        ...groups(summary.by.policy),
        ...(policies === undefined ? [] : idlePolicies(matched, policies, policiesBefore, looked)).map((one) => ({
          ...one,
          resources: 0,
          compliance: null,
          evaluated: EMPTY_SUMMARY.evaluated,
        })),
      ]
        .map((group) => ({ ...group, ...said.ofPolicy(group.name) }))
        .sort(byName),
    },
    keys: Object.entries(summary.keys)
      .map(([key, counts]) => ({ key, ...counts, ...said.ofKey(key) }))
      .sort((a, b) => b.missing + b.invalid - (a.missing + a.invalid) || (a.key < b.key ? -1 : 1)),
    ...(forbidden.length > 0 && { forbidden }),
    coverage: coverageOf(summary),
    calls: summary.calls,
    rows: summary.rows,
    readErrors: summary.readErrors,
    notTaggable: summary.notTaggable,
    repairs: summary.repairs,
    ...details,
    ...(policies !== undefined && { policies: policies.map(({ name, severity }) => ({ name, severity })) }),
  };
}

function saidBy(policies: readonly PolicyFacts[]): {
  readonly ofPolicy: (name: string) => Described | undefined;
  readonly ofKey: (key: string) => Described | undefined;
} {
  const abouts = aboutPolicies(policies.map(({ require = [], ...policy }) => ({ ...policy, require })));
  const byPolicy = new Map(abouts.map(({ policy, ...said }) => [policy, said]));
  const byKey = new Map(abouts.map(({ key, ...said }) => [key, said]));
  return { ofPolicy: (name) => byPolicy.get(name), ofKey: (key) => byKey.get(key) };
}

/** What can't be told from listings that show nothing is a note as well, for whoever reads notes. */
function coverageOf({ coverage: { inventoryAge = {}, ...merged }, gaps }: Summary): Coverage {
  const coverage = Object.keys(inventoryAge).length === 0 ? merged : { ...merged, inventoryAge };
  const unproven = gaps.filter((gap) => gap.unproven === true);
  const state = coverageState({ gaps, coverage: { ...coverage, unproven } });
  if (unproven.length === 0) return { ...coverage, state };
  const notes = unproven.map(({ shard, type = "everything", reason }) => `${type} in ${shard}: ${reason}`);
  return { ...coverage, state, notes: [...coverage.notes, ...notes].sort(), unproven };
}

function groups(counts: Readonly<Record<string, ComplianceCounts>>): ReportGroup[] {
  return Object.entries(counts)
    .map(([name, evaluated]) => ({
      name,
      resources: Object.values(evaluated).reduce((sum, n) => sum + n, 0),
      compliance: complianceOf(evaluated) ?? null,
      evaluated,
    }))
    .sort(byName);
}

function byName(a: ReportGroup, b: ReportGroup): number {
  return a.name < b.name ? -1 : 1;
}
