import type { AuditSizes } from "../../lib/app/audit/work.ts";
import type { AlertSettings } from "../../lib/core/alert/settings.ts";
import type { AccountConfig } from "../../lib/core/config/config.ts";
import type { CloudFault } from "../cloud-fault.ts";
import type { Existing } from "../clouds.ts";
import type { Hiccup } from "../hiccup.ts";
import type { SimPolicies } from "../policies.ts";

/** When the first run of every schedule starts. */
export const START = Date.UTC(2026, 10, 22, 2);
/** From then on the clouds behave and people rest, so that everything can come to its end. */
export const CALM = START + 6 * 3_600_000;
/** A schedule that isn't at rest by then never comes to its end. */
export const HORIZON = CALM + 48 * 3_600_000;

export interface AuditResource extends Existing {
  readonly createdAt: number;
}

/** Something that is so in an account for a while. */
export interface Spell {
  readonly account: string;
  readonly from: number;
  readonly until: number;
}

/** How Alibaba Cloud's Tag service and Resource Center answer. */
export interface GenericRow {
  /** How long Resource Center takes to show a change. */
  readonly inventoryDelayMs: number;
  /** The most rows of a page; undefined = as many as documented. */
  readonly mostRows: number | undefined;
  readonly arnsAsSent: boolean;
  /** Whether what a narrow role doesn't see isn't counted for it either. */
  readonly countsWhatIsSeen: boolean;
  /** When Resource Center shows types of these globs alone. */
  readonly narrow: readonly (Spell & { readonly sees: readonly string[] })[];
  /** When Resource Center is off. */
  readonly off: readonly Spell[];
}

/** How often what else can go wrong does, until the calm. */
export interface AuditMishaps {
  readonly crash: number;
  readonly duplicate: number;
  readonly deleteLost: number;
  /** Of a call to one of our own services: objects, the run store, queues. */
  readonly store: number;
  readonly clockJump: number;
}

/** The time of audit-shard, in milliseconds; visibility is six times the time-out. */
export interface FunctionTime {
  readonly timeoutMs: number;
  readonly reserveMs: number;
  readonly callMs: number;
}

/** Of the other functions, as serverless.yml has it. */
export const OTHERS_TIMEOUT_MS = 300_000;

export interface AuditScenario {
  readonly seed: number;
  readonly policies: SimPolicies;
  readonly accounts: readonly AccountConfig[];
  readonly resources: readonly AuditResource[];
  /** When each run is due. */
  readonly runsAt: readonly number[];
  readonly faults: readonly CloudFault[];
  readonly generic: GenericRow;
  readonly mishaps: AuditMishaps;
  readonly hiccups: readonly Hiccup[];
  /** Kinds of faults that are in this schedule, for the trace. */
  readonly faultNames: readonly string[];
  /** How many things people do, and how often one of them hits a resource that was just read. */
  readonly people: { readonly actions: number; readonly meddling: number };
  readonly time: FunctionTime;
  readonly sizes: AuditSizes;
  /** How long an AWS page token lives. */
  readonly tokenMs: number;
  /** Whether runs send to enforcement what they find. */
  readonly repairs: boolean;
  readonly alerts: AlertSettings;
  /** Resources that are fixed and broken again between runs. */
  readonly flapping: readonly AuditResource[];
}
