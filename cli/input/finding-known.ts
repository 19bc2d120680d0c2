import type { Question } from "../../lib/core/policy/explain/explain.ts";
import type { Resource } from "../../lib/core/resource.ts";
import { isObject } from "./json-object.ts";

/**
 * What a finding of an audit says of its resource's tags: which are missing, which values are invalid, and what stands
 * there under other spellings. undefined where this line is none, or knows the tags themselves.
 */
export function knownByFinding(resource: Resource, line: unknown): Omit<Question, "resource"> | undefined {
  if (resource.tags !== undefined || !isObject(line) || line["compliance"] !== "noncompliant") return undefined;
  const missing = listOf(line["missing"]).filter((key) => typeof key === "string");
  const invalid = listOf(line["invalid"]).flatMap((tag) => pairOf(tag, "value"));
  const nearMisses = listOf(line["nearMisses"]).flatMap((one) => pairOf(one, "found"));
  return {
    some: new Map([...missing.map((key) => [key, undefined] as const), ...invalid]),
    nearMisses: nearMisses.map(([key, found]) => ({ key, found })),
    isEventKnown: false,
  };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function pairOf(value: unknown, field: string): (readonly [string, string])[] {
  if (!isObject(value)) return [];
  const { key, [field]: other } = value;
  return typeof key === "string" && typeof other === "string" ? [[key, other]] : [];
}
