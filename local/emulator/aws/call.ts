import type { Cloud } from "../cloud.ts";
import { CloudError } from "../cloud-error.ts";
import type { Admission } from "../gate.ts";
import type { StoredResource } from "../shelf.ts";
import { hasOtherHome, isGlobalHome } from "./global-home.ts";

/** One authenticated call. */
export interface AwsCall {
  readonly cloud: Cloud;
  readonly input: Readonly<Record<string, unknown>>;
  readonly account: string;
  readonly region: string;
  readonly admission: Admission;
}

export const ALL_TYPES = "aws:*:*";

export function invalid(message: string): CloudError {
  return new CloudError(400, "InvalidParameterException", message);
}

/** The regions whose resources this endpoint sees: its own, and in the home regions of each partition the global ones. */
export function regionsSeen(call: AwsCall): readonly string[] {
  return isGlobalHome(call.region) ? [call.region, "global"] : [call.region];
}

/** The resource, unless it doesn't exist, isn't visible yet, belongs to others or is hidden by a fault. */
export function findResource(call: AwsCall, arn: string): StoredResource | undefined {
  if (call.admission.hides(arn) || hasOtherHome(arn, call.region)) return undefined;
  for (const region of regionsSeen(call)) {
    const found = call.cloud.world.shelf(call.account, region, ALL_TYPES).find(arn);
    if (found !== undefined) return found;
  }
  return undefined;
}

function serialization(field: string, expected: string): CloudError {
  return new CloudError(400, "SerializationException", `${field} must be ${expected}.`);
}

/** A list of text; undefined where the field is absent. */
export function textList(input: AwsCall["input"], field: string): readonly string[] | undefined {
  const value = input[field];
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value;
  throw serialization(field, "a list of strings");
}

export function textMap(input: AwsCall["input"], field: string): ReadonlyMap<string, string> | undefined {
  const value = input[field];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "object" || Array.isArray(value)) throw serialization(field, "a map of strings");
  const entries = Object.entries(value).map(([key, text]: [string, unknown]): [string, string] => {
    if (typeof text !== "string") throw serialization(field, "a map of strings");
    return [key, text];
  });
  return new Map(entries);
}

export function wholeNumber(input: AwsCall["input"], field: string): number | undefined {
  const value = input[field];
  if (value === undefined || value === null) return undefined;
  if (typeof value === "number" && Number.isInteger(value)) return value;
  throw serialization(field, "a whole number");
}

export function flag(input: AwsCall["input"], field: string): boolean {
  const value = input[field] ?? false;
  if (typeof value === "boolean") return value;
  throw serialization(field, "true or false");
}
