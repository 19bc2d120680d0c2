import { tagLists } from "../../lib/core/contract.ts";
import { awsProvider } from "../../lib/providers/aws/provider.ts";
import { allContracts } from "../../lib/providers/index.ts";
import { awsAccount, deps } from "./accounts.ts";

/** One API that a provider reads through. */
export interface Read {
  readonly action: string;
  /** `list`: it says what exists, or all that carries tags. `tags`: the tags of what is named. `optional`: nobody has to grant it. */
  readonly use: "list" | "tags" | "optional";
  readonly emptyMayMean: string | undefined;
}

/** Every read of every provider, each once, whichever inventory an AWS account has. */
export function readsOf(): readonly Read[] {
  const contracts = [
    // Nobody has opted in to the others.
    ...allContracts.filter(({ optIn }) => optIn !== true),
    ...(["config", "resource-explorer"] as const).flatMap(
      (inventory) => awsProvider({ ...awsAccount, inventory }, deps).contracts,
    ),
  ];
  const reads = contracts.flatMap((contract): Read[] => [
    ...tagLists(contract).flatMap(({ action, scan, fullListing }): Read[] => [
      { action, use: scan ? "list" : "tags", emptyMayMean: undefined },
      ...(fullListing === undefined
        ? []
        : [{ action: fullListing.action, use: "optional" as const, emptyMayMean: undefined }]),
    ]),
    ...Object.values(contract.inventory).map(({ action, emptyMayMean }): Read => ({
      action,
      use: "list",
      emptyMayMean,
    })),
  ]);
  return [...new Map(reads.map((read) => [read.action, read])).values()];
}
