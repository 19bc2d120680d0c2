import { chunksOf } from "../../core/chunks.ts";
import type { ListContract } from "../../core/contract.ts";
import type { PolicySet } from "../../core/evaluation.ts";
import type { Resource, ResourceType } from "../../core/resource.ts";

/** All of one type in one place: a region, or a project of it. */
export interface Scope {
  readonly region: string;
  readonly project?: string | undefined;
  readonly type: ResourceType;
}

/** What an inventory has shown of a scope so far. */
export interface ScopeTally {
  /** Resources whose row carries a tag: so many a listing of the type would show, about. */
  readonly tagged: number;
  /** Resources whose row proves nothing: they are to be read. */
  readonly suspects: number;
  /** Resources whose row carries none; absent = not counted. */
  readonly untagged?: number;
  /** Those of the suspects whose row carries none; absent = not counted. */
  readonly untaggedSuspects?: number;
}

/** By `scopeName`. */
export type Tallies = Readonly<Record<string, ScopeTally>>;

/** One listing in place of reads by name: all that carries tags of some types in one place, or all that carries none. */
export interface Scan extends Omit<Scope, "type"> {
  readonly types: readonly ResourceType[];
  readonly untagged: boolean;
}

/** Where the second look stands: `scanName`s of the listings to come, and of those that were made to the end, type by type. */
export interface Scans {
  readonly open: readonly string[];
  readonly ended: readonly string[];
}

const UNTAGGED = "untagged";

/** Regions, projects and types have no spaces. */
export function scopeName({ region, type, project }: Scope): string {
  return project === undefined ? `${region} ${type}` : `${region} ${type} ${project}`;
}

function scopeOf(name: string): Scope {
  const [region = "", type = "", project] = name.split(" ");
  return { region, type, ...(project !== undefined && { project }) };
}

/** Types have no commas. Where one type is listed by its tags, it is the name of the scope. */
export function scanName({ types, untagged, ...place }: Scan): string {
  return `${scopeName({ ...place, type: types.join(",") })}${untagged ? ` ${UNTAGGED}` : ""}`;
}

export function scanOfName(name: string): Scan {
  const untagged = name.endsWith(` ${UNTAGGED}`);
  const { type, ...place } = scopeOf(untagged ? name.slice(0, -UNTAGGED.length - 1) : name);
  return { ...place, types: type.split(","), untagged };
}

/** The same listing, one for each of its types. */
export function typeByType(scan: Scan): readonly Scan[] {
  return scan.types.map((type) => ({ ...scan, types: [type] }));
}

/**
 * Whether the tags of an inventory's row settle how a resource is to be judged: a row is some minutes old, so it is good
 * for what nobody has to act on, as of its time. Whatever it calls noncompliant is read before anything is said of it.
 */
export function isProof(resource: Resource, policies: Pick<PolicySet, "evaluate">, at: number): boolean {
  const { compliance } = policies.evaluate(resource, at);
  return compliance !== "noncompliant" && compliance !== "unknown";
}

/** The same listing in two of half the types; none of a single one. */
export function inHalves(scan: Scan): readonly Scan[] {
  const half = Math.ceil(scan.types.length / 2);
  return half === scan.types.length ? [] : chunksOf(scan.types, half).map((types) => ({ ...scan, types }));
}

/** Counts what a page of an inventory shows. */
export function tallyPage(
  tallies: Map<string, ScopeTally>,
  resources: Iterable<Scope & { readonly isTagged: boolean; readonly isProven: boolean }>,
): void {
  for (const { isTagged, isProven, ...scope } of resources) {
    const name = scopeName(scope);
    const { tagged, suspects, untagged = 0, untaggedSuspects = 0 } = tallies.get(name) ?? { tagged: 0, suspects: 0 };
    const [one, suspect] = [isTagged ? 0 : 1, isProven ? 0 : 1];
    tallies.set(name, {
      tagged: tagged + 1 - one,
      suspects: suspects + suspect,
      untagged: untagged + one,
      untaggedSuspects: untaggedSuspects + one * suspect,
    });
  }
}

type Limits = Pick<ListContract, "idsPerCall" | "rowsPerPage" | "typesPerScan" | "untaggedScan">;

/**
 * The listings that take fewer calls than reading by name what is in doubt. Names of all types share their calls, so a
 * scope's part of those may be less than a call. Where a listing shows what carries tags and another one what carries
 * none, each spares the reads of what stands in the inventory likewise; where there is but the first, what it leaves out
 * has none.
 */
export function planScans(tallies: Tallies, limits: Limits, isListable: (scope: Scope) => boolean): readonly string[] {
  const scopes = Object.entries(tallies)
    .map(([name, tally]) => ({ ...scopeOf(name), tally }))
    .filter(isListable);
  const places = Map.groupBy(scopes, ({ region, project }) => JSON.stringify([region, project]));
  const scans = [...places.values()].flatMap((inPlace): Scan[] => {
    const [{ region, project } = { region: "" }] = inPlace;
    const scansOf = (untagged: boolean, sizeOf: (tally: ScopeTally) => Omit<Candidate, "type">) =>
      worthListing(
        inPlace.map(({ type, tally }) => ({ type, ...sizeOf(tally) })),
        limits,
      ).map((types) => ({ region, ...(project !== undefined && { project }), types, untagged }));
    if (limits.untaggedScan !== true) {
      return scansOf(false, ({ tagged, suspects }) => ({ rows: tagged, spares: suspects }));
    }
    return [
      ...scansOf(false, ({ tagged, suspects, untaggedSuspects = 0 }) => ({
        rows: tagged,
        spares: suspects - untaggedSuspects,
      })),
      ...scansOf(true, ({ untagged = 0, untaggedSuspects = 0 }) => ({ rows: untagged, spares: untaggedSuspects })),
    ];
  });
  return scans.map(scanName).sort();
}

/** A type that may be listed: how many rows that would show, and how many reads by name it would spare. */
interface Candidate {
  readonly type: ResourceType;
  readonly rows: number;
  readonly spares: number;
}

/**
 * The types that are worth listing, in the groups that a call takes. Types that share a listing share its last page, so
 * those that spare most for their rows come first, and as many of them as spare most in all.
 */
function worthListing(
  candidates: readonly Candidate[],
  { idsPerCall, rowsPerPage, typesPerScan = 1 }: Limits,
): readonly (readonly ResourceType[])[] {
  const spared = (some: readonly Candidate[]): number => {
    const pages = Math.max(1, Math.ceil(sumOf(some, ({ rows }) => rows) / rowsPerPage));
    return sumOf(some, ({ spares }) => spares) / idsPerCall - pages;
  };
  if (typesPerScan === 1) return candidates.filter((one) => spared([one]) > 0).map(({ type }) => [type]);
  const byWorth = candidates
    .filter(({ spares }) => spares > 0)
    .toSorted((a, b) => b.spares * (a.rows + 1) - a.spares * (b.rows + 1) || (a.type < b.type ? -1 : 1));
  let best: { readonly types: readonly ResourceType[]; readonly spared: number } = { types: [], spared: 0 };
  for (let end = 1; end <= byWorth.length; end += 1) {
    const some = byWorth.slice(0, end);
    const more = spared(some);
    if (more > best.spared) best = { types: some.map(({ type }) => type).sort(), spared: more };
  }
  return chunksOf(best.types, typesPerScan);
}

function sumOf<Value>(values: readonly Value[], numberOf: (value: Value) => number): number {
  return values.reduce((sum, value) => sum + numberOf(value), 0);
}
