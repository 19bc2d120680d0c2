import type { CloudError } from "../cloud-error.ts";
import type { Cloud } from "../cloud.ts";
import type { Admission } from "../gate.ts";
import { headerOf, type HttpRequest } from "../http-server.ts";
import type { StoredResource } from "../shelf.ts";
import type { TokenErrors } from "./authenticate.ts";

/** One authenticated call. */
export interface HuaweiCall {
  readonly cloud: Cloud;
  readonly request: HttpRequest;
  readonly query: URLSearchParams;
  readonly account: string;
  /** `global` for what belongs to no region. */
  readonly region: string;
  readonly admission: Admission;
}

/** What an operation answers; no body where it is absent. */
export interface HuaweiAnswer {
  readonly status: number;
  readonly body?: object;
}

/** What a request is about, as faults are matched against it. */
export interface HuaweiFacts {
  readonly types: readonly string[];
  readonly resourceIds: readonly string[];
}

/** A request whose path and method name an operation. */
export interface HuaweiOperation {
  /** As it is counted, e.g. `huawei:iam:TagResourceV5`. */
  readonly action: string;
  facts(request: HttpRequest, cloud: Cloud): HuaweiFacts;
  /** Whether it belongs to no region. */
  readonly global: boolean;
  readonly tokenErrors: TokenErrors;
  /** The code of an injected error that names none. */
  readonly usualError: string;
  /** The code of a refusal for too many calls; `APIGW.0308` by default. */
  readonly throttleError?: string;
  /** Whether a fault that is about single resources fails them alone. */
  readonly failsByResource?: boolean;
  run(call: HuaweiCall): HuaweiAnswer;
}

/** The operation of a path (its decoded segments) and method, or undefined where the service has none. */
export type HuaweiRouter = (method: string, segments: readonly string[]) => HuaweiOperation | undefined;

/** The resource, unless it doesn't exist, isn't visible yet or is hidden by a fault. */
export function findResource(call: HuaweiCall, type: string, id: string): StoredResource | undefined {
  if (call.admission.hides(id)) return undefined;
  return call.cloud.world.shelf(call.account, call.region, type).find(id);
}

/** What an operation is about whose path names all of it. */
export function factsOf(type: string, resourceId: string | undefined): HuaweiFacts {
  return { types: [type], resourceIds: resourceId === undefined ? [] : [resourceId] };
}

/** The project of a resource; without one of its own, it belongs to the first of its region. */
export function projectOf(cloud: Cloud, { account, region, project }: StoredResource): string {
  return project ?? cloud.keyring.projectsOf(account, region)[0] ?? "";
}

/** A key speaks for its own domain only. Throws what `denied` makes. */
export function checkDomain({ request, account }: HuaweiCall, denied: () => CloudError): void {
  const domain = headerOf(request, "x-domain-id");
  if (domain !== undefined && domain !== account) throw denied();
}

/** A whole number of a query or a body, or `otherwise` where it is absent. Throws what `invalid` makes. */
export function wholeNumber(
  value: unknown,
  { from, to, otherwise }: { readonly from: number; readonly to: number; readonly otherwise: number },
  invalid: () => CloudError,
): number {
  if (value === undefined || value === null || value === "") return otherwise;
  const number = typeof value === "string" && /^[0-9]{1,9}$/.test(value) ? Number(value) : value;
  if (typeof number !== "number" || !Number.isInteger(number) || number < from || number > to) throw invalid();
  return number;
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
