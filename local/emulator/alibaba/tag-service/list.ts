import type { StoredResource } from "../../shelf.ts";
import { eachPair, meets, type TagCondition } from "../../tag-pairs.ts";
import { isReserved } from "../../text-rules.ts";
import { wholeNumber, type AlibabaAction, type AlibabaBody, type AlibabaCall } from "../call.ts";
import { writeTagArn } from "./arn.ts";
import { tagErrors } from "./errors.ts";
import { emulatedLimits } from "../../limits.ts";
import {
  ALL_IDS,
  arnFacts,
  findNamed,
  placesOf,
  readArns,
  readConditions,
  readRegion,
  type NamedResource,
} from "./request.ts";
import { TAGGABLE_TYPES } from "./taggable-types.ts";

const limits = emulatedLimits["alibaba:*:*"];

const CATEGORIES = ["All", "Custom", "System"] as const;

type Category = (typeof CATEGORIES)[number];

function readCategory({ parameters }: AlibabaCall): Category {
  const text = parameters.get("Category") ?? "";
  const category = CATEGORIES.find((one) => one === (text === "" ? "All" : text));
  if (category === undefined) throw tagErrors.category();
  return category;
}

/** What a listing looks through, one after the other: named resources, and all of a type. */
interface Source {
  /** Calls `visit` with each resource after that place, until it returns false. */
  scan(afterSequence: number, visit: (resource: StoredResource, arn: string) => boolean): void;
}

type WholeType = Pick<NamedResource, "taggable" | "arn">;

/** All of a type: their ARNs are `arn` with their ids for the `*` at its end. */
function wholeType(call: AlibabaCall, region: string, { taggable, arn: all }: WholeType): readonly Source[] {
  const beginning = all.slice(0, -ALL_IDS.length);
  return placesOf(region).map((place) => ({
    scan(afterSequence, visit) {
      call.cloud.world.shelf(call.account, place, taggable.type).scan(afterSequence, (resource) => {
        const arn = beginning + resource.id;
        if (call.admission.hides(resource.id) || call.admission.hides(arn)) return true;
        return visit(resource, arn);
      });
    },
  }));
}

function sourcesOf(call: AlibabaCall, region: string): readonly Source[] {
  const named = readArns(call, region, { takesAll: true });
  if (named.length === 0) {
    return TAGGABLE_TYPES.flatMap((taggable) => {
      const arn = writeTagArn(taggable, region, call.account, ALL_IDS);
      return wholeType(call, region, { taggable, arn });
    });
  }
  return named.flatMap((one): readonly Source[] => {
    if (one.id === ALL_IDS) return wholeType(call, region, one);
    return [
      {
        scan(afterSequence, visit) {
          const resource = findNamed(call, region, one);
          if (resource !== undefined && resource.sequence > afterSequence) visit(resource, one.arn);
        },
      },
    ];
  });
}

function rowOf(resource: StoredResource, arn: string, category: Category): AlibabaBody | undefined {
  const tags = eachPair(resource.tags).flatMap(([Key, Value]) => {
    const own: Category = isReserved(Key, limits.key) ? "System" : "Custom";
    return category === "All" || category === own ? [{ Key, Value, Category: own }] : [];
  });
  return tags.length === 0 ? undefined : { ResourceARN: arn, Tags: tags };
}

interface Page {
  readonly rows: readonly AlibabaBody[];
  /** Where the next page starts: so many sources on, after that place in the source. */
  readonly next?: { readonly place: number; readonly offset: number };
}

function readPage(
  sources: readonly Source[],
  start: { readonly place: number; readonly offset: number },
  query: { readonly size: number; readonly category: Category; readonly conditions: readonly TagCondition[] },
): Page {
  const rows: AlibabaBody[] = [];
  let last = start;
  for (let offset = start.offset; offset < sources.length; offset += 1) {
    let isFull = false;
    sources[offset]?.scan(offset === start.offset ? start.place : 0, (resource, arn) => {
      if (!query.conditions.every((condition) => meets(resource.tags, condition))) return true;
      const row = rowOf(resource, arn, query.category);
      if (row === undefined) return true;
      isFull = rows.length === query.size;
      if (isFull) return false;
      rows.push(row);
      last = { place: resource.sequence, offset };
      return true;
    });
    if (isFull) return { rows, next: last };
  }
  return { rows };
}

/**
 * Lists the resources that carry tags, with all their tags of the category: those named, all of a type, or by tags alone
 * all of the region.
 */
export const listTagResources: AlibabaAction = {
  ...arnFacts,
  run(call) {
    const region = readRegion(call);
    const arns = call.parameters.list("ResourceARN");
    if (arns.length === 0 && (call.parameters.get("Tags") ?? "") === "") throw tagErrors.missing("ResourceIdARN");
    const sources = sourcesOf(call, region);
    const conditions = readConditions(call);
    const category = readCategory(call);
    const sizes = { from: 1, to: limits.rowsPerPage, otherwise: 50 };
    const asked = wholeNumber(call.parameters.get("PageSize"), sizes, () => tagErrors.pageSize("PageSize"));
    const size = Math.min(asked, call.cloud.mostRows ?? asked);
    const query = JSON.stringify(["tag", call.account, region, arns, conditions, category]);
    const token = call.parameters.get("NextToken") ?? "";
    const start = token === "" ? { place: 0, offset: 0 } : call.cloud.tokens.open(query, token);
    if (start === undefined) throw tagErrors.token();
    const page = readPage(sources, start, { size, category, conditions });
    return {
      NextToken: page.next === undefined ? "" : call.cloud.tokens.issue(query, page.next),
      TagResources: page.rows,
    };
  },
};
