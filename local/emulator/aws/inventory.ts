import type { StoredResource } from "../shelf.ts";
import { ALL_TYPES, regionsSeen, type AwsCall } from "./call.ts";
import { hasOtherHome } from "./global-home.ts";

export interface InventoryQuery {
  /** Undefined = every region that this endpoint sees. */
  readonly region: string | undefined;
  /** The same for all pages of one listing. */
  readonly identity: string;
  readonly token: unknown;
  readonly size: number;
}

/** One page of what exists, tagged or not; undefined for a token that isn't of this listing. */
export function inventoryOf(
  call: AwsCall,
  { region, identity, token, size }: InventoryQuery,
): { readonly resources: readonly StoredResource[]; readonly next?: string } | undefined {
  const regions = regionsSeen(call).filter((one) => region === undefined || one === region);
  let position = { place: 0, offset: 0 };
  if (token !== undefined && token !== null) {
    const opened = typeof token === "string" ? call.cloud.tokens.open(identity, token) : undefined;
    if (opened === undefined || call.cloud.now() - opened.issuedAt > call.cloud.paginationTokenMs) return undefined;
    position = opened;
  }
  const resources: StoredResource[] = [];
  let { place } = position;
  for (let { offset } = position; offset < regions.length; offset += 1, place = 0) {
    let full = false;
    call.cloud.world.shelf(call.account, regions[offset] ?? "", ALL_TYPES).scan(place, (resource) => {
      if (call.admission.hides(resource.id) || hasOtherHome(resource.id, call.region)) return true;
      full = resources.length === size;
      if (full) return false;
      place = resource.sequence;
      resources.push(resource);
      return true;
    });
    if (full) return { resources, next: call.cloud.tokens.issue(identity, { place, offset }) };
  }
  return { resources };
}
