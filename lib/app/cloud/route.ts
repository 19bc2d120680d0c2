import { asksFor } from "../../core/asked-types.ts";
import type { AccountConfig } from "../../core/config/config.ts";
import type { TypeContract } from "../../core/contract.ts";
import { providerOf, PROVIDERS, type ResourceRef } from "../../core/resource.ts";
import type { ProviderRegistry, TagProvider } from "../ports/provider.ts";

/** The way to a resource: the account's provider, its configuration and the contract of the resource's type. */
export interface Route {
  readonly provider: TagProvider;
  readonly account: AccountConfig;
  readonly contract: TypeContract;
  /** The project that it is reached through, on a cloud that has them. */
  readonly project?: string;
}

/** The code of what an account's `types` leave to others. Nobody has to do anything about it. */
export const LEFT_OUT = "TypeLeftOut";

/** The code of what there is no way to. Whoever completes the configuration sends the dead letters back. */
export const NOT_CONFIGURED = "NotConfigured";

/** Finds the way to a resource, or says what is missing in the configuration. */
export type Router = (ref: ResourceRef) => Answer;

type Place = Omit<ResourceRef, "id">;
/** `left`: it is no mistake of the configuration, which leaves this type out. */
type Answer = Route | { readonly problem: string; readonly left?: true };

/** Looks accounts up by provider and account id. */
export function createRouter(registry: ProviderRegistry, accounts: readonly AccountConfig[]): Router {
  const configs = new Map(accounts.map((config) => [JSON.stringify([config.provider, config.account]), config]));
  const find = ({ type, account, region, project }: Place): Answer => {
    const name = providerOf(type);
    if (name === undefined)
      return { problem: `${type} names no provider: types begin with ${PROVIDERS.map((one) => `${one}:`).join(", ")}` };
    const provider = registry.find(name, account);
    const config = configs.get(JSON.stringify([name, account]));
    if (provider === undefined || config === undefined) {
      return { problem: `account ${account} of ${name} is not in the configuration: add it under accounts` };
    }
    const contract = provider.contractFor(type);
    const isLeft =
      contract === undefined
        ? provider.leavesTypes === true
        : contract.optIn === true && !asksFor(config.types, contract, provider.contracts)(type);
    if (isLeft) {
      return { problem: `${type} is none of the types of account ${account}: name it in its \`types\``, left: true };
    }
    if (contract === undefined) return { problem: `${type} can't be tagged: no API of ${name} here serves this type` };
    const problem = regionProblem({ type, account, region }, contract, provider.regions);
    if (problem !== undefined) return { problem };
    const reached = contract.global || region === "global" ? undefined : provider.projectIn?.(region, project);
    return reached !== undefined && "problem" in reached
      ? reached
      : { provider, account: config, contract, ...reached };
  };
  /** Most resources lie where the one before lay. */
  let last: { readonly place: Place; readonly answer: Answer } | undefined;
  return (place) => {
    if (last === undefined || !isSamePlace(last.place, place)) last = { place, answer: find(place) };
    return last.answer;
  };
}

function isSamePlace(one: Place, other: Place): boolean {
  return (
    one.type === other.type &&
    one.region === other.region &&
    one.account === other.account &&
    one.project === other.project
  );
}

function regionProblem(
  place: Omit<Place, "project">,
  contract: TypeContract,
  regions: readonly string[],
): string | undefined {
  const { type, account, region } = place;
  // A pattern such as `aws:*:*` stands for types with and without a region.
  if (region === "global" && type.includes("*")) return undefined;
  // Which of the services that it serves have no region, nobody says of all of them.
  if (region === "global" && contract.optIn === true) return undefined;
  if (contract.global || contract.globalServices?.has(type.split(":", 2)[1] ?? "") === true) {
    return region === "global" ? undefined : `${type} has no region: its region is global, not ${region}`;
  }
  if (region === "global") return `${type} belongs to a region, which global is not: name its region`;
  if (regions.includes(region)) return undefined;
  return `region ${region} of account ${account} is not in the configuration: add it to its regions`;
}

/** Finds providers by cloud and account. Of two for the same account the first counts. */
export function createRegistry(providers: readonly TagProvider[]): ProviderRegistry {
  return {
    all: providers,
    find: (provider, account) => providers.find((one) => one.provider === provider && one.account === account),
  };
}
