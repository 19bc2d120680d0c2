import type { ListContract } from "../../core/contract.ts";
import type { PolicySet } from "../../core/evaluation.ts";
import type { Resource, ResourceRef, ResourceType } from "../../core/resource.ts";

/** All of one type in one region. */
export interface Scope {
  readonly region: string;
  readonly type: ResourceType;
}

/** What an inventory has shown of a scope so far. */
export interface ScopeTally {
  /** Resources whose row carries a tag: so many a listing of the type would show, about. */
  readonly tagged: number;
  /** Resources whose row proves nothing: they are to be read. */
  readonly suspects: number;
}

/** By `scopeName`. */
export type Tallies = Readonly<Record<string, ScopeTally>>;

/** Where the second look stands: which scopes are still to be listed by their type, and which have been, to the end. */
export interface Scans {
  readonly open: readonly string[];
  readonly ended: readonly string[];
}

/** Regions have no spaces. */
export function scopeName({ region, type }: Scope): string {
  return `${region} ${type}`;
}

export function scopeOf(name: string): Scope {
  const space = name.indexOf(" ");
  return { region: name.slice(0, space), type: name.slice(space + 1) };
}

/**
 * Whether the tags of an inventory's row settle how a resource is to be judged: a row is some minutes old, so it is good
 * for what nobody has to act on, as of its time. Whatever it calls noncompliant is read before anything is said of it.
 */
export function isProof(resource: Resource, policies: Pick<PolicySet, "evaluate">, at: number): boolean {
  const { compliance } = policies.evaluate(resource, at);
  return compliance !== "noncompliant" && compliance !== "unknown";
}

/** Counts what one page of an inventory shows, resource by resource. */
export function tallyPage(
  tallies: Map<string, ScopeTally>,
  resources: Iterable<
    Pick<ResourceRef, "region" | "type"> & { readonly isTagged: boolean; readonly isProven: boolean }
  >,
): void {
  for (const { region, type, isTagged, isProven } of resources) {
    const name = scopeName({ region, type });
    const { tagged, suspects } = tallies.get(name) ?? { tagged: 0, suspects: 0 };
    tallies.set(name, { tagged: tagged + (isTagged ? 1 : 0), suspects: suspects + (isProven ? 0 : 1) });
  }
}

/**
 * The scopes of which it takes fewer calls to list all that carries tags than to read by name what is in doubt. Names of
 * all types share their calls, so a scope's part of those may be less than a call.
 */
export function planScans(
  tallies: Tallies,
  { idsPerCall, rowsPerPage }: Pick<ListContract, "idsPerCall" | "rowsPerPage">,
  isListable: (scope: Scope) => boolean,
): readonly string[] {
  return Object.entries(tallies)
    .filter(([name, { tagged, suspects }]) => {
      const pages = Math.max(1, Math.ceil(tagged / rowsPerPage));
      return pages < suspects / idsPerCall && isListable(scopeOf(name));
    })
    .map(([name]) => name)
    .sort();
}
