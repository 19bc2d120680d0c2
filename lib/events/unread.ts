import type { CompiledCreateEvent } from "./create-events.ts";
import type { ParseOptions } from "./parsed-event.ts";

/** Why a successful call counts as no creation, as far as the table tells; undefined = it counts. */
export function unread(row: CompiledCreateEvent | undefined, call: string, options: ParseOptions): string | undefined {
  if (row === undefined) return `${call} creates nothing that is tagged here`;
  if (row.notTaggable !== undefined) return row.notTaggable;
  if (row.experimental && options.experimentalEvents !== true) {
    return `${call} is read only with experimentalEvents: true`;
  }
  return undefined;
}
