import type { Tags } from "../../lib/core/resource.ts";
import { listedType } from "../../local/emulator/alibaba/resource-center/resource-types.ts";
import { placeOf } from "../place.ts";
import type { AuditCall } from "./audit-call.ts";

/** One resource with its tags, as an answer shows it. */
export interface ShownTags {
  readonly place: string;
  readonly tags: Tags;
}

/** What listings of all that Alibaba Cloud can tag have shown of one shard in one run. */
export interface GenericEvidence {
  /** By place: tags on rows of the inventory. */
  readonly rows: ReadonlyMap<string, readonly Tags[]>;
  /** What listings of one type came to, by `scopeIn`: each shows all of it that carries tags. */
  readonly scans: ReadonlyMap<string, readonly ReadonlyMap<string, Tags>[]>;
  /** Whether some listing of the inventory came to its end, and whether the cloud has counted it. */
  readonly inventoryEnded: boolean;
  readonly counted: boolean;
}

interface Noted {
  readonly rows: Map<string, Tags[]>;
  readonly scans: Map<string, ReadonlyMap<string, Tags>[]>;
  /** Listings that are to go on, by what they list and their token: what each has shown so far. */
  readonly open: Map<string, ReadonlyMap<string, Tags>[]>;
  inventoryEnded: boolean;
  counted: boolean;
}

const NOTHING = (): Noted => ({
  rows: new Map(),
  scans: new Map(),
  open: new Map(),
  inventoryEnded: false,
  counted: false,
});

/** What evidence is kept by. */
export const shardKey = (run: string, shard: string) => `${run} ${shard}`;

/** What a listing of one type is about. */
export const scopeIn = ({ region, type }: { readonly region: string; readonly type: string }) => `${region} ${type}`;

/** Keeps what answers have shown, whoever asked: a shard may be handed on in the midst of a listing. */
export function createEvidence() {
  const byShard = new Map<string, Noted>();
  const of = (shard: string): Noted => {
    const noted = byShard.get(shard) ?? NOTHING();
    byShard.set(shard, noted);
    return noted;
  };
  return {
    /** `shard` as `shardKey` has it. */
    of: (shard: string): GenericEvidence => of(shard),
    counted(shard: string): void {
      of(shard).counted = true;
    },
    /** One page of an inventory or of all of one type; `nextToken` as whoever asked has it. */
    listed(shard: string, call: AuditCall, shown: readonly ShownTags[], nextToken: string | undefined): void {
      const noted = of(shard);
      const isInventory = call.type.includes("*");
      if (isInventory) {
        for (const { place, tags } of shown) noted.rows.set(place, [...(noted.rows.get(place) ?? []), tags]);
      }
      const scope = scopeIn(call);
      const before = call.token === undefined ? [new Map()] : (noted.open.get(`${scope} ${call.token}`) ?? []);
      const page = shown.map(({ place, tags }) => [place, tags] as const);
      const listings = before.map((listing) => new Map([...listing, ...page]));
      // A page that follows itself has no end.
      if (nextToken !== undefined && nextToken === call.token) return;
      if (nextToken !== undefined) noted.open.set(`${scope} ${nextToken}`, listings);
      else if (isInventory) noted.inventoryEnded ||= listings.length > 0;
      else noted.scans.set(scope, [...(noted.scans.get(scope) ?? []), ...listings]);
    },
  };
}

export type Evidence = ReturnType<typeof createEvidence>;

/** What an answer of the Tag service or of Resource Center shows, in the checker's own reading. */
export function shownIn({ type, account, region }: AuditCall, body: string): readonly ShownTags[] {
  const { TagResources: tagged = [], Resources: listed = [] } = JSON.parse(body) as Answer;
  const own = tagged.map((row) => ({
    place: placeOf({ type, account, region, id: row.ResourceARN }),
    tags: tagsOf(row.Tags),
  }));
  const others = listed.map((row) => {
    const named = listedType(row.ResourceType)?.type ?? row.ResourceType;
    return {
      place: placeOf({ type: named, account, region: row.RegionId, id: row.ResourceId }),
      tags: tagsOf(row.Tags),
    };
  });
  return [...own, ...others];
}

const tagsOf = (pairs: readonly Pair[]): Tags => new Map(pairs.map(({ Key, Value }) => [Key, Value]));

interface Pair {
  readonly Key: string;
  readonly Value: string;
}

interface Answer {
  readonly TagResources?: readonly { readonly ResourceARN: string; readonly Tags: readonly Pair[] }[];
  readonly Resources?: readonly {
    readonly RegionId: string;
    readonly ResourceType: string;
    readonly ResourceId: string;
    readonly Tags: readonly Pair[];
  }[];
}
