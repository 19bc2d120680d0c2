import type { ErrorKind, ProviderError } from "../errors.ts";
import { undecided, type Isolation } from "./isolate.ts";

/**
 * A request that is wrong in itself is refused whichever resources it names, and so may be what no table knows, or what
 * is said of everything while a service is busy. After this many resources that were refused one by one, and not one
 * that was taken, it is put to the test.
 */
const REFUSED_BEFORE_DOUBT = 5;

const DOUBTFUL: ReadonlySet<ErrorKind> = new Set(["request", "unknown", "conflict"]);

/**
 * The error of all refused resources, where there is one that may be no resource's. A code that is about a resource only
 * where it was alone in its call (`whole`, what the call of all was refused with, is of another kind) is not that
 * resource's either, where all of them are refused with it.
 */
export function blameOf({ bad, whole }: Isolation<ProviderError>): ProviderError | undefined {
  const [first, ...others] = bad.values();
  if (first === undefined || !others.every(({ code }) => code === first.code)) return undefined;
  if (DOUBTFUL.has(first.kind)) return first;
  return whole.code === first.code && DOUBTFUL.has(whole.kind) ? whole : undefined;
}

/**
 * The resources to try alone where everything so far speaks for a call that is refused whatever it names: if one of them
 * is taken, or refused for something else, it is worth searching on. Undefined where nothing speaks for that.
 */
export function probesIn(state: Isolation<ProviderError>): readonly string[] | undefined {
  if (state.good.length > 0 || state.bad.size < REFUSED_BEFORE_DOUBT || blameOf(state) === undefined) return undefined;
  const ids = undecided(state);
  // Far from each other and from the beginning, where the search has been: offenders tend to be neighbours.
  const middle = ids[Math.floor(ids.length / 2)];
  return [...new Set([ids.at(-1), middle])].flatMap((id) => id ?? []);
}
