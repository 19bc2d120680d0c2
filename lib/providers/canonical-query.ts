import { percentEncode } from "./percent-encode.ts";

/** Parameters as signatures want them, and as requests carry them: sorted by name, encoded. */
export function canonicalQuery(parameters: Readonly<Record<string, string>>): string {
  let query = "";
  for (const name of Object.keys(parameters).sort()) {
    query += `${query === "" ? "" : "&"}${percentEncode(name)}=${percentEncode(parameters[name] ?? "")}`;
  }
  return query;
}
