import type { Cloud } from "../cloud.ts";
import { CloudError } from "../cloud-error.ts";
import type { Admission } from "../gate.ts";
import type { StoredResource } from "../shelf.ts";
import type { Parameters } from "./parameters.ts";
import type { SessionPolicy } from "../session-policy.ts";

/** One authenticated call. */
export interface AlibabaCall {
  readonly cloud: Cloud;
  readonly parameters: Parameters;
  readonly account: string;
  /** What the caller's rights are cut down to; absent = they are whole. */
  readonly policy?: SessionPolicy;
  readonly region: string;
  readonly admission: Admission;
}

/** What an action answers, without its RequestId. */
export type AlibabaBody = Readonly<Record<string, unknown>>;

/** One action of one API: what faults are matched against, and what it does. */
export interface AlibabaAction {
  /** Whose account an action that nobody signs is about; without it the action is signed. */
  accountOf?(parameters: Parameters): string;
  types(parameters: Parameters): readonly string[];
  resourceIds(parameters: Parameters): readonly string[];
  /** Whether an error about some of the call's resources stands beside the others' success. */
  readonly failsByResource?: boolean;
  run(call: AlibabaCall): AlibabaBody;
}

export interface AlibabaService {
  /** As actions are counted, e.g. `alibaba:apigateway`. */
  readonly name: string;
  readonly version: string;
  /** Whether its calls are about an account and no region, whichever endpoint is asked. */
  readonly global?: true;
  readonly actions: Readonly<Record<string, AlibabaAction>>;
}

/** The resource, unless it doesn't exist, isn't visible yet or is hidden by a fault. */
export function findResource(call: AlibabaCall, type: string, id: string): StoredResource | undefined {
  if (call.admission.hides(id)) return undefined;
  return call.cloud.world.shelf(call.account, call.region, type).find(id);
}

/** A whole number from a parameter. `invalid` is thrown for what isn't one, or lies outside. */
export function wholeNumber(
  text: string | undefined,
  range: { readonly from: number; readonly to: number; readonly otherwise: number },
  invalid: () => CloudError,
): number {
  if (text === undefined || text === "") return range.otherwise;
  const number = /^[0-9]{1,9}$/.test(text) ? Number(text) : -1;
  if (number < range.from || number > range.to) throw invalid();
  return number;
}

export function isoTime(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}
