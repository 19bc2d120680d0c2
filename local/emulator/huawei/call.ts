import type { Cloud } from "../cloud.ts";
import type { Admission } from "../gate.ts";
import type { HttpRequest } from "../http-server.ts";
import type { StoredResource } from "../shelf.ts";
import type { TokenErrors } from "./authenticate.ts";

/** One authenticated call. */
export interface HuaweiCall {
  readonly cloud: Cloud;
  readonly request: HttpRequest;
  readonly query: URLSearchParams;
  readonly account: string;
  /** `global` for IAM. */
  readonly region: string;
  readonly admission: Admission;
}

/** What an operation answers; no body where it is absent. */
export interface HuaweiAnswer {
  readonly status: number;
  readonly body?: object;
}

/** A request whose path and method name an operation. */
export interface HuaweiOperation {
  /** As it is counted, e.g. `huawei:iam:TagResourceV5`. */
  readonly action: string;
  readonly type: string;
  readonly resourceId?: string;
  /** Whether it belongs to no region. */
  readonly global: boolean;
  readonly tokenErrors: TokenErrors;
  /** The code of an injected error that names none. */
  readonly usualError: string;
  run(call: HuaweiCall): HuaweiAnswer;
}

/** The operation of a path (its decoded segments) and method, or undefined where the service has none. */
export type HuaweiRouter = (method: string, segments: readonly string[]) => HuaweiOperation | undefined;

/** The resource, unless it doesn't exist, isn't visible yet or is hidden by a fault. */
export function findResource(call: HuaweiCall, type: string, id: string): StoredResource | undefined {
  if (call.admission.hides(id)) return undefined;
  return call.cloud.world.shelf(call.account, call.region, type).find(id);
}

/** The body as JSON; `invalid` is thrown where it is none. */
export function jsonBody(request: HttpRequest, invalid: () => Error): unknown {
  try {
    return JSON.parse(request.body.toString("utf8"));
  } catch {
    throw invalid();
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
