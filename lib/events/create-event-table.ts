import type { CreateEvent } from "./create-event.ts";
import { compilePath, type Path } from "./json/path.ts";

/** A row with its paths taken apart. */
export interface CompiledCreateEvent extends CreateEvent {
  readonly ids: Path;
  readonly fallbackIds: Path;
  readonly failures: Path;
  readonly version: Path;
  readonly tags: Path;
  readonly update: Path;
  readonly dryRun: Path;
  readonly region: Path;
  readonly alsoIds: readonly CompiledAlongside[];
}

export interface CompiledAlongside {
  readonly type: string;
  readonly ids: Path;
  readonly used: Path;
  readonly arn: string | undefined;
}

/**
 * The row of an API call of one cloud. Names are compared without regard to case: the clouds' own documents disagree on it.
 * A row of no `kind` is that of all kinds that have none of their own.
 */
export type FindCreateEvent = (source: string, eventName: string, kind?: string) => CompiledCreateEvent | undefined;

/** How many spellings of calls are remembered; real events bring a few. */
const REMEMBERED = 1_000;

/** Makes a cloud's rows ready to be looked up. Of hundreds, an organisation uses a few: they are taken apart when first asked for. */
export function createEventTable(rows: () => readonly CreateEvent[]): FindCreateEvent {
  let byCall: ReadonlyMap<string, CreateEvent> | undefined;
  const compiled = new Map<CreateEvent, CompiledCreateEvent>();
  /** By source and name as events write them, which spares putting them in lower case. */
  const asWritten = new Map<string, Map<string, CompiledCreateEvent>>();
  let remembered = 0;

  const find = (source: string, eventName: string, kind: string | undefined): CompiledCreateEvent | undefined => {
    // Filled at the first look-up, because nothing is looked up in a cold start.
    byCall ??= new Map(rows().map((row) => [callKey(row.source, row.eventName, row.kind), row]));
    const row = byCall.get(callKey(source, eventName, kind)) ?? byCall.get(callKey(source, eventName));
    if (row === undefined) return undefined;
    const known = compiled.get(row) ?? compile(row);
    compiled.set(row, known);
    return known;
  };
  return (source, eventName, kind) => {
    const call = kind === undefined ? eventName : `${eventName} ${kind}`;
    const known = asWritten.get(source)?.get(call);
    if (known !== undefined) return known;
    const row = find(source, eventName, kind);
    if (row === undefined) return undefined;
    if (remembered >= REMEMBERED) {
      asWritten.clear();
      remembered = 0;
    }
    remembered += 1;
    const ofSource = asWritten.get(source) ?? new Map<string, CompiledCreateEvent>();
    asWritten.set(source, ofSource.set(call, row));
    return row;
  };
}

function callKey(source: string, eventName: string, kind = ""): string {
  return `${source} ${eventName} ${kind}`.toLowerCase();
}

function compile(row: CreateEvent): CompiledCreateEvent {
  return {
    ...row,
    ids: compilePath(eitherShape(row, row.idPath)),
    fallbackIds: optional(row.fallbackIdPath),
    failures: row.failuresPath === undefined ? [] : compilePath(eitherShape(row, row.failuresPath)),
    version: optional(row.versionPath),
    tags: optional(row.tagsPath),
    update: optional(row.updatePath),
    dryRun: optional(row.dryRunPath),
    region: optional(row.regionPath),
    alsoIds: (row.also ?? []).flatMap(({ type, idPaths, arn, usedPath }) =>
      idPaths.map((idPath) => ({ type, ids: compilePath(idPath), used: optional(usedPath), arn })),
    ),
  };
}

function optional(path: string | undefined): Path {
  return path === undefined ? [] : compilePath(path);
}

/** EC2 wraps the responses of its newer calls in `<EventName>Response`: a path is read with and without it. */
function eitherShape({ source, eventName }: CreateEvent, path: string): string {
  const root = "responseElements.";
  if (source !== "ec2.amazonaws.com" || !path.startsWith(root)) return path;
  const wrapper = `${root}${eventName}Response.`;
  const other = path.startsWith(wrapper) ? path.replace(wrapper, root) : wrapper + path.slice(root.length);
  return `${path}|${other}`;
}
