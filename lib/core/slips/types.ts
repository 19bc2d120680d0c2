import { globsMeet } from "../glob.ts";
import { providerOf, type ProviderName, type ResourceType } from "../resource.ts";
import { shownWord } from "../shown.ts";
import { didYouMean, nearestOf } from "../yaml/suggest.ts";

/** The types that are known: of some clouds all, of others only those that events tell of. */
export interface KnownTypes {
  /** Those that the providers serve, as globs. */
  readonly served: readonly ResourceType[];
  /** Those that events tell of; absent = nobody knows. */
  readonly created?: readonly ResourceType[];
  /** Names that a cloud has for types which are called otherwise here, in lower case, with the names here. */
  readonly otherNames?: ReadonlyMap<string, ResourceType>;
}

/** Kinds that are shorter resemble each other anyway. */
const SHORTEST_KIND = 4;

/** What is odd about a type, or a glob of types; undefined where nothing is. */
export function typeSlip(glob: string, types: KnownTypes): string | undefined {
  const { served, created = [], otherNames = new Map<string, ResourceType>() } = types;
  if (served.length === 0) return undefined;
  if (!served.some((type) => globsMeet(glob, type))) {
    return `no provider has resources of type ${shownWord(glob)}${meantType(glob, { served, created })}`;
  }
  // A cloud that serves types by pattern has more of them than events tell of: only what is nearly one of them is odd.
  const known = [...served.filter((type) => !type.includes("*")), ...created];
  if (glob.includes("*") ? known.some((type) => globsMeet(glob, type)) : known.includes(glob)) return undefined;
  const inSmall = glob.toLowerCase();
  const alike = glob.includes("*") ? known.find((type) => globsMeet(inSmall, type.toLowerCase())) : undefined;
  if (alike !== undefined) return `no known type is called ${glob}: capitals count, as in ${alike}`;
  const other = [...otherNames].find(([name]) => globsMeet(inSmall, name));
  if (other !== undefined)
    return `no known type is called ${glob}: what the cloud calls ${other[0]} is ${other[1]} here`;
  if (glob.includes("*")) return undefined;
  // Only so many names are compared, and a cloud that serves types by pattern is the one that was meant.
  const provider = glob.slice(0, glob.indexOf(":") + 1);
  const comparable = created.filter((type) => type.startsWith(provider) && kindOf(type).length >= SHORTEST_KIND);
  const near = kindOf(glob).length < SHORTEST_KIND ? undefined : nearestOf(glob, comparable, 2);
  return near === undefined ? undefined : `no known type is called ${glob} (did you mean "${near}"?)`;
}

/** What was meant by a type in another spelling: as CloudFormation writes it, or without its end. */
function meantType(glob: string, { served, created = [] }: KnownTypes): string {
  const known = [...served, ...created];
  const ours = glob.toLowerCase().replaceAll(/::|[/.]/g, ":");
  const spelt = known.find((type) => !type.includes("*") && type.toLowerCase() === ours);
  if (spelt !== undefined) return ` (did you mean "${spelt}"?)`;
  const all = `${glob}:*`;
  if (!glob.includes("*") && known.some((type) => globsMeet(all, type))) return ` (did you mean "${all}"?)`;
  return didYouMean(
    glob,
    served.filter((type) => !type.includes("*:")),
  );
}

const kindOf = (type: ResourceType): string => type.slice(type.lastIndexOf(":") + 1);

/** The one provider that all these globs of types are of; undefined where there are several, or it can't be told. */
export function onlyProviderOf(globs: readonly ResourceType[] | undefined): ProviderName | undefined {
  const providers = new Set((globs ?? ["*"]).map((glob) => (/^[a-z]+:/.test(glob) ? providerOf(glob) : undefined)));
  const [only] = providers;
  return providers.size === 1 ? only : undefined;
}
