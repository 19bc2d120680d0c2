import type { TextLimits } from "../contract.ts";
import type { Mode } from "../mode.ts";
import type { ResourceType } from "../resource.ts";

/**
 * Checked policies as plain JSON data: what `tagwarden policy compile` writes and the functions read.
 * Maps from tag keys are lists of pairs, so that a key `__proto__` is a key like any other.
 */
export interface CompiledPolicies {
  readonly version: 1;
  /** Names this data; findings and the journal carry it. */
  readonly hash: string;
  readonly policies: readonly CompiledPolicy[];
  readonly exemptions: readonly CompiledExemption[];
  /** What each provider takes as key and value, so that a default is known to be legal before it is written. */
  readonly limits: readonly CompiledLimits[];
}

export type Severity = "low" | "medium" | "high";
export type Repair = "nightly" | "never";

export interface CompiledPolicy {
  readonly name: string;
  readonly match: CompiledMatch;
  readonly require: readonly CompiledRequiredTag[];
  /** Of each of these lists one tag is required, whatever the others hold. */
  readonly anyOf?: readonly (readonly CompiledRequiredTag[])[];
  /** Globs of keys that may not be there. */
  readonly forbid?: readonly string[];
  /** How every key must look. */
  readonly keys?: CompiledKeys;
  readonly mode: Mode;
  readonly severity: Severity;
  readonly repair: Repair;
  readonly graceDays: number;
  /** A resource is judged again when one of these tags is taken off or changed. */
  readonly recheck?: true;
  readonly description?: string;
  readonly url?: string;
}

/** Both hold where both are there. */
export interface CompiledKeys {
  readonly pattern?: CompiledPattern;
  /** Globs of all keys that may be there. */
  readonly only?: readonly string[];
}

/** Globs, `*` = any run of characters. All fields are ANDed, an absent one matches all, a list is ORed. */
export interface CompiledMatch {
  readonly types?: readonly string[];
  readonly accounts?: readonly string[];
  readonly regions?: readonly string[];
  readonly ids?: readonly string[];
  /** Key and the globs of its value. */
  readonly tags?: readonly (readonly [string, readonly string[]])[];
  readonly not?: Omit<CompiledMatch, "not">;
}

/** One key as one policy requires it: its definition and the policy's own entry, merged. */
export interface CompiledRequiredTag {
  readonly key: string;
  /** All must hold. */
  readonly constraints: readonly CompiledConstraint[];
  readonly default?: CompiledDefault;
  readonly allowBlank: boolean;
  readonly overwrite: boolean;
  readonly adoptNearMiss: boolean;
  /** Keys that stand for it where it is absent, the first to be asked first. */
  readonly aliases?: readonly string[];
  /** Any capitalisation of the key stands for it as well. */
  readonly ignoreKeyCase?: true;
  /** For whoever has to mend it: what the key is about, and where that is written. */
  readonly description?: string;
  readonly url?: string;
}

export type CompiledConstraint =
  | { readonly values: readonly string[]; readonly ignoreCase?: true }
  | { readonly pattern: CompiledPattern }
  /** Globs in lower case. */
  | { readonly notValues: readonly string[] }
  | { readonly date: CompiledDate };

/** Days as numbers count from today, the UTC day as of which is evaluated. */
export interface CompiledDate {
  readonly after?: CompiledDay;
  readonly before?: CompiledDay;
  /** The most days between the value and today, in either direction. */
  readonly within?: number;
}

/** A day, YYYY-MM-DD, or one that is so many days from today. */
export type CompiledDay = string | number;

/** A RE2 pattern and the native regular expression, anchored to the whole value, that accepts the same values. */
export interface CompiledPattern {
  /** As the policy has it. */
  readonly text: string;
  readonly source: string;
  readonly flags: string;
  /** Only for what is told of it: source and flags have it. */
  readonly ignoreCase?: true;
}

export const EVENT_VALUES = [
  "createdBy",
  "createdAt",
  "createdAtTime",
  "eventName",
  "sourceIp",
  "region",
  "account",
] as const;

export type EventValue = (typeof EVENT_VALUES)[number];

export type CompiledDefault =
  | { readonly kind: "constant"; readonly value: string }
  | { readonly kind: "event"; readonly name: EventValue }
  | { readonly kind: "jmespath"; readonly expression: string }
  | { readonly kind: "tag"; readonly key: string }
  | { readonly kind: "template"; readonly parts: readonly TemplatePart[] }
  | {
      readonly kind: "choice";
      readonly by: "account" | "region" | "type";
      /** Globs and what they choose: an equal name first, then the first glob that matches. */
      readonly cases: readonly (readonly [string, CompiledDefault])[];
      readonly otherwise?: CompiledDefault;
    }
  | { readonly kind: "first"; readonly of: readonly CompiledDefault[] };

export type TemplatePart = { readonly text: string } | { readonly tag: string } | { readonly event: EventValue };

export interface CompiledExemption {
  readonly match: CompiledMatch;
  /** Absent = all required tags. */
  readonly tags?: readonly string[];
  readonly reason: string;
  readonly approvedBy?: string;
  /** The last day (UTC) that it counts, YYYY-MM-DD. */
  readonly expires: string;
}

export interface CompiledLimits {
  readonly types: readonly ResourceType[];
  readonly key: TextLimits;
  readonly value: TextLimits;
}
