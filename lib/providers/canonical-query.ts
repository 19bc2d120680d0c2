import { percentEncode } from "./percent-encode.ts";

/** By name. A list stands for as many parameters, `NAME.1`, `NAME.2` and so on; no other's name begins with `NAME.`. */
export type Parameters = Readonly<Record<string, string | readonly string[]>>;

/** Parameters as signatures want them, and as requests carry them: sorted by name, encoded. */
export function canonicalQuery(parameters: Parameters): string {
  let query = "";
  for (const name of Object.keys(parameters).sort()) {
    const value = parameters[name] ?? "";
    const encoded = percentEncode(name);
    if (typeof value === "string") query += `&${encoded}=${percentEncode(value)}`;
    else
      for (const n of sortedNumbers(value.length))
        query += `&${encoded}.${n}=${percentEncode(value[Number(n) - 1] ?? "")}`;
  }
  return query.slice(1);
}

/** Lists are mostly full, and of one length then. */
let last: readonly string[] = [];

/** 1 to `count`, sorted as the texts that they are in names: 1, 10, 11, …, 2, 20. */
function sortedNumbers(count: number): readonly string[] {
  if (last.length !== count) last = Array.from({ length: count }, (_, index) => String(index + 1)).sort();
  return last;
}
