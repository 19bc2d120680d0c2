import { tagLists } from "../../lib/core/contract.ts";
import { awsProvider } from "../../lib/providers/aws/provider.ts";
import { allContracts } from "../../lib/providers/index.ts";
import { awsAccount, deps } from "./accounts.ts";

/** One API that a provider reads through. */
export interface Read {
  readonly action: string;
  /**
   * `list`: it says what exists, or all that carries tags. `tags`: the tags of what is named. `optional`: nobody has to
   * grant it. `reach`: how much a listing ought to show. `types`: what can be tagged.
   */
  readonly use: "list" | "tags" | "optional" | "reach" | "types";
  readonly emptyMayMean: string | undefined;
}

/** Every read of every provider, each once, whichever inventory an AWS account has. */
export function readsOf(): readonly Read[] {
  const contracts = [
    ...allContracts,
    ...(["config", "resource-explorer"] as const).flatMap(
      (inventory) => awsProvider({ ...awsAccount, inventory }, deps).contracts,
    ),
  ];
  const reads = contracts.flatMap((contract): Read[] => [
    ...tagLists(contract).flatMap(({ action, scan, searching, fullListing }): Read[] => [
      { action, use: scan ? "list" : "tags", emptyMayMean: undefined },
      ...(searching === undefined
        ? []
        : [{ action: searching.action, use: "optional" as const, emptyMayMean: undefined }]),
      ...(fullListing === undefined
        ? []
        : [{ action: fullListing.action, use: "optional" as const, emptyMayMean: undefined }]),
    ]),
    ...Object.values(contract.inventory).flatMap(({ action, emptyMayMean, recording, counting }): Read[] => [
      { action, use: "list", emptyMayMean },
      ...[recording, counting]
        .filter((api) => api !== undefined)
        .map((api) => ({ action: api.action, use: "reach" as const, emptyMayMean: undefined })),
    ]),
    ...(contract.typeListing === undefined
      ? []
      : [{ action: contract.typeListing.action, use: "types" as const, emptyMayMean: undefined }]),
  ]);
  return [...new Map(reads.map((read) => [read.action, read])).values()];
}
