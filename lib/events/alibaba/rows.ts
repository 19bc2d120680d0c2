import type { CreateEvent } from "../create-event.ts";

/**
 * `EventName product:kind Product::Type path`: the call; the type, as the Tag service has it in ARNs; the same as
 * ActionTrail and Resource Center have it behind `ACS::`; and where the ids are. `response.` and `request.` stand for what
 * ActionTrail calls them, `referenced` for what it lists of that type in `referencedResources`. `path|path`: the second where
 * the first leads nowhere.
 */
type Row = string | readonly [row: string, extra: Partial<CreateEvent>];

/** By the best evidence that there is for them. */
interface RowsByBasis {
  readonly sampled?: readonly Row[];
  readonly documented?: readonly Row[];
  /** The field of the answer is the official client's; no record was seen. */
  readonly response?: readonly Row[];
  readonly inferred?: readonly Row[];
}

const BASES = {
  sampled: "verified-sample",
  documented: "docs-table",
  response: "sdk-response-field",
  inferred: "inferred",
} as const satisfies Readonly<Record<keyof RowsByBasis, CreateEvent["basis"]>>;

/** Services that have no regions: what they create is `global`, wherever the call was made. */
export const CENTRAL: ReadonlySet<string> = new Set(["alidns", "cdn", "cen", "dcdn", "ram"]);

/** The rows of a service, for the types that its account's `types` have to name. */
export function alibabaRows(source: string, rows: RowsByBasis): readonly CreateEvent[] {
  return (["sampled", "documented", "response", "inferred"] as const).flatMap((by) =>
    (rows[by] ?? []).map((row) => {
      const [text, extra] = typeof row === "string" ? [row, {}] : row;
      const [eventName = "", codes = "", named = "", paths = ""] = text.split(" ");
      const referenced = `ACS::${named}`;
      const [idPath = "", fallbackIdPath] = paths
        .replaceAll("referenced", `referencedResources.${referenced}[]`)
        .replaceAll("response.", "responseElements.")
        .replaceAll("request.", "requestParameters.")
        .split("|");
      return {
        provider: "alibaba",
        source,
        eventName,
        type: `alibaba:${codes}`,
        idPath,
        ...(fallbackIdPath !== undefined && { fallbackIdPath }),
        referenced,
        optIn: true as const,
        ...(CENTRAL.has(codes.slice(0, codes.indexOf(":"))) && { global: true }),
        basis: BASES[by],
        experimental: by === "response" || by === "inferred",
        ...extra,
      };
    }),
  );
}
