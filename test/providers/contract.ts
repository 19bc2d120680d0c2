import { describe } from "vitest";
import type { ContractRow, ContractSubject } from "./contract-subject.ts";
import { tryProvider } from "./tried-provider.ts";
import { writesContract } from "./contract-writes.ts";
import { limitsContract } from "./contract-limits.ts";
import { errorsContract } from "./contract-errors.ts";
import { listingsContract } from "./contract-listings.ts";

/** What every provider does, whatever the cloud behind it. A test stands only where the row has what it is about. */
export function providerContract(row: ContractRow, start: () => Promise<ContractSubject>): void {
  describe(`provider contract of ${row.name}`, () => {
    const tried = tryProvider(row, start);
    writesContract(tried);
    limitsContract(tried);
    errorsContract(tried);
    listingsContract(tried);
  });
}
