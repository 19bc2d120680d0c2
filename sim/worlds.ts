import { readIsolation } from "../lib/app/cloud/read-tags.ts";
import { knownTypes } from "../lib/app/cloud/read-tags.ts";
import { alertTexts } from "../lib/app/enforce/enforce-kept.ts";
import { parts } from "../lib/app/enforce/enforce-tags.ts";
import { planner } from "../lib/app/write/plan-writes.ts";
import { batchIsolation } from "../lib/app/write/retry-batch.ts";
import { START as AUDIT_START } from "./audit/scenario.ts";
import { simulateAudit } from "./audit/simulate.ts";
import { START as ENFORCE_START } from "./enforce/scenario.ts";
import { simulate } from "./enforce/simulate.ts";
import type { Violation } from "./violation.ts";

/** What one schedule came to. */
export interface Played {
  readonly violations: readonly Violation[];
  /** How much happened in it. */
  readonly counts: Readonly<Record<string, number>>;
  readonly headline: string;
  /** Empty unless asked for. */
  readonly trace: readonly string[];
}

/** What schedules may be about. */
export interface World {
  /** Times are told from here, in milliseconds since the epoch. */
  readonly start: number;
  play(seed: number, options?: { readonly traced?: boolean }): Promise<Played>;
}

export const WORLD_NAMES = ["enforce", "audit"] as const;
export type WorldName = (typeof WORLD_NAMES)[number];

/** Loading takes turns of the event loop, of which virtual time knows nothing. */
const loadRare = () => Promise.all([planner(), batchIsolation(), readIsolation(), parts(), alertTexts(), knownTypes()]);

export const worlds: Readonly<Record<WorldName, World>> = {
  enforce: {
    start: ENFORCE_START,
    async play(seed, options) {
      await loadRare();
      const { scenario, counts, ...played } = await simulate(seed, options);
      return { ...played, counts: { ...counts }, headline: headlineOf(scenario) };
    },
  },
  audit: {
    start: AUDIT_START,
    async play(seed, options) {
      await loadRare();
      const { scenario, counts, ...played } = await simulateAudit(seed, options);
      return { ...played, counts: { ...counts }, headline: headlineOf(scenario) };
    },
  },
};

function headlineOf({
  resources,
  policies,
  faultNames,
}: {
  readonly resources: readonly unknown[];
  readonly policies: { readonly name: string };
  readonly faultNames: readonly string[];
}): string {
  return `${resources.length} resources, policies ${policies.name}, faults: ${faultNames.join(", ")}`;
}
