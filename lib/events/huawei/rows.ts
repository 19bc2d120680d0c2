import type { CreateEvent } from "../create-event.ts";

/**
 * `names kinds type ids tags`: how traces call the call and what it makes, `|` between spellings; the type, as Config has it,
 * in lower case; where the ids are; and where the request's tags are, if they have a name of their own. `server.server_tags`
 * = in the request; ids are at `resource_id` unless it is said otherwise.
 */
type Row = string | readonly [row: string, extra: Partial<CreateEvent>];

/** By the best evidence that there is for them. */
interface RowsByBasis {
  readonly sampled?: readonly Row[];
  readonly documented?: readonly Row[];
  readonly inferred?: readonly Row[];
}

const BASES = {
  sampled: "verified-sample",
  documented: "docs-table",
  inferred: "inferred",
} as const satisfies Readonly<Record<keyof RowsByBasis, CreateEvent["basis"]>>;

/** Services that have no regions: what they create is `global`, wherever the call was made. */
const CENTRAL: ReadonlySet<string> = new Set(["dns"]);

/** The rows of a service, for the types that its account's `types` have to name. */
export function huaweiRows(source: string, rows: RowsByBasis): readonly CreateEvent[] {
  return (["sampled", "documented", "inferred"] as const).flatMap((by) =>
    (rows[by] ?? []).flatMap((row) => {
      const [text, extra] = typeof row === "string" ? [row, {}] : row;
      const [names = "", kinds = "", type = "", ids = "resource_id", tagsPath] = text.split(" ");
      const [idPath = "", fallbackIdPath] = ids.split("|");
      return names.split("|").flatMap((eventName) =>
        kinds.split("|").map((kind) => ({
          provider: "huawei" as const,
          source,
          eventName,
          kind,
          type: `huawei:${type}`,
          idPath,
          ...(fallbackIdPath !== undefined && { fallbackIdPath }),
          ...(tagsPath !== undefined && { tagsPath: tagsPath.replaceAll(/(?:^|(?<=\|))/g, "request.") }),
          optIn: true as const,
          ...(CENTRAL.has(type.slice(0, type.indexOf(":"))) && { global: true as const }),
          basis: BASES[by],
          experimental: by === "inferred",
          ...extra,
        })),
      );
    }),
  );
}
