import type { CompiledCreateEvent } from "./create-event-table.ts";
import type { ParseOptions } from "./parsed-event.ts";

interface ServedOptions extends ParseOptions {
  /** In which the call was made, as far as the record says. */
  readonly account?: string | undefined;
}

/** The row of a successful call, or why the call counts as no creation as far as the table tells. */
export function servedRow(
  row: CompiledCreateEvent | undefined,
  call: string,
  { account, namesType, ...options }: ServedOptions,
): { readonly row: CompiledCreateEvent } | { readonly reason: string } {
  if (row === undefined) return { reason: `${call} creates nothing that is tagged here` };
  if (row.notTaggable !== undefined) return { reason: row.notTaggable };
  if (row.experimental && options.experimentalEvents !== true) {
    return { reason: `${call} is read only with experimentalEvents: true` };
  }
  if (row.optIn === true && account !== undefined && namesType?.(account, row.type) === false) {
    return { reason: `${row.type} is none of the types of account ${account}` };
  }
  return { row };
}
