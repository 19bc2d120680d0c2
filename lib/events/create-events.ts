import type { ProviderName } from "../core/resource.ts";
import { ALIBABA_CREATE_EVENTS } from "./alibaba-create-events.ts";
import { AWS_CREATE_EVENTS } from "./aws-create-events.ts";
import { AWS_EXPERIMENTAL_CREATE_EVENTS } from "./aws-experimental-create-events.ts";
import type { CreateEvent } from "./create-event.ts";
import { HUAWEI_CREATE_EVENTS } from "./huawei-create-events.ts";
import { compilePath, type Path } from "./path.ts";

/** Which API calls create which resource type, and where the ids stand. docs/events.md prints it. */
export const CREATE_EVENTS: readonly CreateEvent[] = [
  ...AWS_CREATE_EVENTS,
  ...AWS_EXPERIMENTAL_CREATE_EVENTS,
  ...ALIBABA_CREATE_EVENTS,
  ...HUAWEI_CREATE_EVENTS,
];

/** A row with its paths taken apart. */
export interface CompiledCreateEvent extends CreateEvent {
  readonly ids: Path;
  readonly fallbackIds: Path;
  readonly update: Path;
  readonly region: Path;
  readonly alsoIds: readonly { readonly type: string; readonly ids: Path }[];
}

/** Filled at the first look-up, because nothing is looked up in a cold start. */
const byCall = new Map<string, CreateEvent>();

/** The rows that were looked up: of hundreds, an organisation uses a few. */
const compiled = new Map<CreateEvent, CompiledCreateEvent>();

/** The row of an API call. Names are compared without regard to case: the clouds' own documents disagree on it. */
export function findCreateEvent(
  provider: ProviderName,
  source: string,
  eventName: string,
): CompiledCreateEvent | undefined {
  if (byCall.size === 0) {
    for (const row of CREATE_EVENTS) byCall.set(callKey(row.provider, row.source, row.eventName), row);
  }
  const row = byCall.get(callKey(provider, source, eventName));
  if (row === undefined) return undefined;
  const known = compiled.get(row) ?? compile(row);
  compiled.set(row, known);
  return known;
}

function callKey(provider: ProviderName, source: string, eventName: string): string {
  return `${provider} ${source} ${eventName}`.toLowerCase();
}

function compile(row: CreateEvent): CompiledCreateEvent {
  return {
    ...row,
    ids: compilePath(eitherShape(row)),
    fallbackIds: optional(row.fallbackIdPath),
    update: optional(row.updatePath),
    region: optional(row.regionPath),
    alsoIds: (row.also ?? []).flatMap(({ type, idPaths }) =>
      idPaths.map((idPath) => ({ type, ids: compilePath(idPath) })),
    ),
  };
}

function optional(path: string | undefined): Path {
  return path === undefined ? [] : compilePath(path);
}

/** EC2 wraps the responses of its newer calls in `<EventName>Response`: a path is read with and without it. */
function eitherShape({ source, eventName, idPath }: CreateEvent): string {
  const root = "responseElements.";
  if (source !== "ec2.amazonaws.com" || !idPath.startsWith(root)) return idPath;
  const wrapper = `${root}${eventName}Response.`;
  const other = idPath.startsWith(wrapper) ? idPath.replace(wrapper, root) : wrapper + idPath.slice(root.length);
  return `${idPath}|${other}`;
}
