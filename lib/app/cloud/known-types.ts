import { ProviderError } from "../../core/errors.ts";
import type { ResourceType } from "../../core/resource.ts";
import type { Clock, Log } from "../ports/invocation.ts";
import type { TagProvider, TypesPage } from "../ports/provider.ts";
import { OutOfTimeError, type Caller } from "./call.ts";
import { pages } from "./pages.ts";
import type { Route } from "./route.ts";

const DAY_MS = 24 * 60 * 60_000;
/** Where the list could not be had. */
const TRY_AGAIN_MS = 10 * 60_000;

const NONE: TypesPage = { types: [] };

interface Answer {
  /** Undefined: nobody could say. */
  readonly types: Promise<ReadonlySet<ResourceType> | undefined>;
  readonly askedAt: number;
}

/** By region. A provider lives as long as its process, and so does what it said. */
const answers = new WeakMap<TagProvider, Map<string, Answer & { validForMs: number }>>();

interface KnownTypesDeps {
  readonly caller: Caller;
  readonly clock: Pick<Clock, "now">;
  readonly log?: Pick<Log, "warn"> | undefined;
}

/**
 * Whether the cloud says that this type can't be tagged in this region: a call that holds one such resource would be
 * refused for all that are in it. What is known to take tags is not asked for. Where the list can't be had the answer is
 * no: then a call tells. One listing a day, a region and a process.
 */
export async function isUntaggable(
  type: ResourceType,
  region: string,
  route: Pick<Route, "provider" | "account" | "contract">,
  deps: KnownTypesDeps,
): Promise<boolean> {
  const { provider, contract } = route;
  const { typeListing } = contract;
  if (typeListing === undefined || provider.listTypes === undefined) return false;
  if (typeListing.usual.has(type) || contract.types.includes(type)) return false;
  const types = await listed(region, route, deps);
  return types !== undefined && !types.has(type);
}

/**
 * Has a provider learn what the cloud calls these types, where calls for one of them have to wait for that. Where the list
 * can't be had, those calls say so themselves.
 */
export async function learnTypes(
  types: Iterable<ResourceType>,
  region: string,
  route: Pick<Route, "provider" | "account" | "contract">,
  deps: KnownTypesDeps,
): Promise<void> {
  const { provider } = route;
  for (const type of types) if (provider.needsTypes?.(type) === true) await listed(region, route, deps);
}

function listed(
  region: string,
  route: Pick<Route, "provider" | "account" | "contract">,
  deps: KnownTypesDeps,
): Answer["types"] {
  const now = deps.clock.now();
  const ofProvider = answers.get(route.provider) ?? new Map<string, Answer & { validForMs: number }>();
  answers.set(route.provider, ofProvider);
  const before = ofProvider.get(region);
  if (before !== undefined && now - before.askedAt < before.validForMs && now >= before.askedAt) return before.types;
  const answer = { types: list(region, route, deps), askedAt: now, validForMs: DAY_MS };
  ofProvider.set(region, answer);
  return answer.types.then((types) => {
    if (types === undefined) answer.validForMs = TRY_AGAIN_MS;
    return types;
  });
}

async function list(
  region: string,
  { provider, account, contract }: Pick<Route, "provider" | "account" | "contract">,
  { caller, log }: KnownTypesDeps,
): Promise<ReadonlySet<ResourceType> | undefined> {
  const { typeListing: api } = contract;
  if (api === undefined) return undefined;
  const fetchPage = (token: string | undefined): Promise<TypesPage> =>
    caller.call(
      { account, region, api, kind: "read" },
      async () => (await provider.listTypes?.(region, token)) ?? NONE,
    );
  const types = new Set<ResourceType>();
  try {
    for await (const page of pages(fetchPage)) for (const type of page.types) types.add(type);
  } catch (error) {
    if (!(error instanceof ProviderError) && !(error instanceof OutOfTimeError)) throw error;
    const code = error instanceof ProviderError ? error.code : "OutOfTime";
    log?.warn("Which types can be tagged could not be listed", { account: account.account, region, code });
    return undefined;
  }
  // Nothing at all is no list.
  return types.size === 0 ? undefined : types;
}
