import { findContract, type TypeContract } from "./contract.ts";
import { anyGlobMatcher, globMatcher, globsMeet } from "./glob.ts";
import type { ResourceType } from "./resource.ts";

type Served = Pick<TypeContract, "types" | "optIn">;

/**
 * Whether an account's `types` ask for a type that this contract serves. What an account has to opt in to is asked for by
 * globs that name it alone: by a whole type, or by a glob that is not confined to a service which other contracts serve.
 * So `alibaba:apigateway:*`, which somebody wrote before there was more than gateways, asks for no more than it did.
 * `contracts` = all of the provider's.
 */
export function asksFor(
  globs: readonly string[] | undefined,
  contract: Served,
  contracts: readonly Served[],
): (type: ResourceType) => boolean {
  if (contract.optIn !== true) return anyGlobMatcher(globs);
  const naming = globsNaming(globs ?? [], contract, contracts).map(globMatcher);
  return (type) => naming.some((matches) => matches(type));
}

/** Whether an account has anything to do with a contract. */
export function optsIn(
  { types }: { readonly types?: readonly string[] | undefined },
  contract: Served,
  contracts: readonly Served[],
): boolean {
  return contract.optIn !== true || globsNaming(types ?? [], contract, contracts).length > 0;
}

function globsNaming(globs: readonly string[], contract: Served, contracts: readonly Served[]): readonly string[] {
  const confined = servicesBeside(contracts);
  return globs.filter((glob) => {
    if (!glob.includes("*")) return findContract(contracts, glob) === contract;
    const isConfined = confined.some((service) => glob.startsWith(service));
    return !isConfined && contract.types.some((type) => globsMeet(glob, type));
  });
}

/** The services, as types begin with them, that contracts serve by naming each type. */
function servicesBeside(contracts: readonly Served[]): readonly string[] {
  const types = contracts.flatMap((contract) => contract.types).filter((type) => !type.includes("*"));
  return [...new Set(types.map((type) => type.slice(0, type.lastIndexOf(":"))))];
}
