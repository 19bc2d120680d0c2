import type { About, Evaluation } from "../evaluation.ts";

/** Finds what the policy file says of what an evaluation finds broken; undefined where it says nothing of that. */
export type AboutFinder = (evaluation: Evaluation) => readonly About[] | undefined;

/** How many lists are remembered: the same few things are broken again and again, and their lists are shared. */
const REMEMBERED = 1_024;

type Said = Pick<About, "description" | "url">;

/** A policy, as far as it speaks of itself and of its keys. */
export interface Telling extends Said {
  readonly name: string;
  readonly require: readonly TellingKey[];
  readonly anyOf?: readonly (readonly TellingKey[])[];
}

type TellingKey = Said & { readonly key: string };

/** Undefined where these policies say nothing at all. */
export function aboutFinder(policies: readonly Telling[]): AboutFinder | undefined {
  const all = aboutPolicies(policies);
  if (all.length === 0) return undefined;
  const known = new Map<string, readonly About[]>();
  return ({ missing, invalid, broken }) => {
    const isMeant = ({ key, policy }: About): boolean =>
      key === undefined
        ? broken.some((one) => one.policy === policy)
        : missing.includes(key) || invalid.some((tag) => tag.key === key);
    let positions = "";
    for (const [position, one] of all.entries()) if (isMeant(one)) positions += `${position},`;
    if (positions === "") return undefined;
    let list = known.get(positions);
    if (list === undefined) {
      list = Object.freeze(all.filter(isMeant));
      if (known.size >= REMEMBERED) known.clear();
      known.set(positions, list);
    }
    return list;
  };
}

/** What policies say of themselves and of the keys that they ask for, in file order; of a key, the first that says it. */
export function aboutPolicies(policies: readonly Telling[]): readonly About[] {
  const abouts: About[] = [];
  const told = new Set<string>();
  for (const { name, require, anyOf = [], ...policy } of policies) {
    if (saysSomething(policy)) abouts.push({ policy: name, ...said(policy) });
    for (const { key, ...tag } of [...require, ...anyOf.flat()]) {
      if (!saysSomething(tag) || told.has(key)) continue;
      told.add(key);
      abouts.push({ key, ...said(tag) });
    }
  }
  return abouts;
}

const saysSomething = ({ description, url }: Said): boolean => description !== undefined || url !== undefined;

function said({ description, url }: Said): Said {
  return { ...(description !== undefined && { description }), ...(url !== undefined && { url }) };
}
