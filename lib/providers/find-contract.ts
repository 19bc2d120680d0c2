import type { TypeContract } from "../core/contract.ts";
import type { ResourceType } from "../core/resource.ts";

/** The contract that serves a type, among some; `aws:*:*` serves every AWS type. */
export function findContract(contracts: readonly TypeContract[], type: ResourceType): TypeContract | undefined {
  return contracts.find((contract) =>
    contract.types.some((served) => served === type || (served === "aws:*:*" && type.startsWith("aws:"))),
  );
}
