import { CloudError } from "../cloud-error.ts";
import type { Cloud } from "../cloud.ts";
import type { Admission } from "../gate.ts";
import type { EmulatedRead } from "../limits.ts";
import type { StoredResource } from "../shelf.ts";
import { eachPair } from "../tag-pairs.ts";
import { ALL_TYPES } from "./call.ts";

/** One authenticated call of the Query protocol. */
export interface QueryCall {
  readonly cloud: Cloud;
  readonly form: URLSearchParams;
  readonly account: string;
  readonly region: string;
  readonly admission: Admission;
}

export interface QueryOperation {
  /** Of the resources that it is about. */
  readonly type: string;
  /** The region that they are kept under, at this endpoint. */
  readonly place: (region: string) => string;
  /** The names that a form asks for. */
  readonly names: (form: URLSearchParams) => readonly string[];
  /** What stands in the result element. Throws CloudError. */
  readonly run: (call: QueryCall) => string;
}

export function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll("\r", "&#13;");
}

export const element = (name: string, text: string): string => `<${name}>${escapeXml(text)}</${name}>`;

export const list = (name: string, members: readonly string[]): string =>
  `<${name}>${members.map((member) => `<member>${member}</member>`).join("")}</${name}>`;

/** The last part of an ARN is the name that these services know. */
export const nameIn = (arn: string): string => arn.slice(arn.lastIndexOf("/") + 1);

/** What exists of a type, apart from what a fault hides, in the order of appearance. */
export function existing(call: Omit<QueryCall, "form">, { type, place }: Pick<QueryOperation, "type" | "place">) {
  const found: StoredResource[] = [];
  call.cloud.world.shelf(call.account, place(call.region), ALL_TYPES).scan(0, (resource) => {
    if (resource.type === type && !call.admission.hides(resource.id)) found.push(resource);
    return true;
  });
  return found;
}

/** The ARNs of what a form names, for matching faults; of what doesn't exist the bare name. */
export function namedArns(
  operation: QueryOperation,
  form: URLSearchParams,
  account: string,
  { cloud, region }: { readonly cloud: Cloud; readonly region: string },
): string[] {
  const admission: Admission = { hides: () => false, namesOffender: false, delayMs: 0, cut: false };
  const names = new Set(operation.names(form));
  if (names.size === 0) return [];
  const there = existing({ cloud, account, region, admission }, operation).filter(({ id }) => names.has(nameIn(id)));
  const known = new Set(there.map(({ id }) => nameIn(id)));
  return [...there.map(({ id }) => id), ...[...names].filter((name) => !known.has(name))];
}

export const tagMembers = ({ tags }: StoredResource): readonly string[] =>
  eachPair(tags).map(([key, value]) => element("Key", key) + element("Value", value));

/** Refuses what isn't a whole number within the limits of an API. */
export function pageSize(form: URLSearchParams, field: string, { largestPage, usualPage }: EmulatedRead): number {
  const text = form.get(field);
  if (text === null) return usualPage;
  const size = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (size >= 1 && size <= largestPage) return size;
  throw new CloudError(400, "ValidationError", `${field} must be from 1 to ${largestPage}.`);
}

interface RowsPage {
  readonly rows: readonly string[];
  readonly token: string | undefined;
}

/** One page of rows; `identity` is the same for all pages of one listing. Throws `bad` for a token of another one. */
export function pageOfRows(
  call: QueryCall,
  rows: readonly string[],
  {
    size,
    token,
    identity,
    bad,
  }: { readonly size: number; readonly token: string | null; readonly identity: string; readonly bad: CloudError },
): RowsPage {
  const own = JSON.stringify([call.account, call.region, identity]);
  let offset = 0;
  if (token !== null) {
    const opened = call.cloud.tokens.open(own, token);
    if (opened === undefined) throw bad;
    offset = opened.place;
  }
  const end = offset + size;
  const next = end < rows.length ? call.cloud.tokens.issue(own, { place: end, offset: 0 }) : undefined;
  return { rows: rows.slice(offset, end), token: next };
}
