import { percentEncode } from "./percent-encode.ts";

/** A list and not an object: a call may name a hundred resources, each by a parameter of its own. */
export type Parameter = readonly [name: string, value: string];

/** Parameters as signatures want them, and as requests carry them: sorted by name, encoded. */
export function canonicalQuery(parameters: readonly Parameter[]): string {
  let query = "";
  for (const parameter of parameters.toSorted(byName)) {
    if (query !== "") query += "&";
    query += `${percentEncode(parameter[0])}=${percentEncode(parameter[1])}`;
  }
  return query;
}

function byName([a]: Parameter, [b]: Parameter): number {
  return a < b ? -1 : 1;
}
