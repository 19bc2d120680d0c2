import type { CompiledCreateEvent } from "./create-event-table.ts";
import type { ParseOptions } from "./parsed-event.ts";

/** The row of a successful call, or why the call counts as no creation as far as the table tells. */
export function servedRow(
  row: CompiledCreateEvent | undefined,
  call: string,
  options: ParseOptions,
): { readonly row: CompiledCreateEvent } | { readonly reason: string } {
  if (row === undefined) return { reason: `${call} creates nothing that is tagged here` };
  if (row.notTaggable !== undefined) return { reason: row.notTaggable };
  if (row.experimental && options.experimentalEvents !== true) {
    return { reason: `${call} is read only with experimentalEvents: true` };
  }
  return { row };
}
