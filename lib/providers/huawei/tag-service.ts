import type { InventoryPage } from "../../app/ports/provider.ts";
import type { TypeContract } from "../../core/contract.ts";
import type { ResourceType } from "../../core/resource.ts";
import type { TagBatch, UntagBatch } from "../../core/tag-batch.ts";
import type { JsonObject } from "../../core/json.ts";
import type { HuaweiCall } from "./client.ts";

export type HuaweiRequest = Pick<HuaweiCall, "action" | "method" | "path" | "query" | "body" | "project">;

/** Where a call goes: the region, and the project where the region has several. */
export type HuaweiPlace = Pick<HuaweiCall, "region" | "project">;

/** What is particular to one of the two tagging services: how it words a request, and reads an inventory. */
export interface HuaweiTagService {
  readonly service: HuaweiCall["service"];
  readonly contract: TypeContract;
  /** What it calls key and value in `tags`. */
  readonly tagKey: string;
  readonly tagValue: string;
  tag(batch: TagBatch): HuaweiRequest;
  untag(batch: UntagBatch): HuaweiRequest;
  list(type: ResourceType, place: HuaweiPlace, id: string): HuaweiRequest;
  inventory(type: ResourceType, region: string, token: string | undefined): HuaweiRequest;
  /** One page of an inventory; undefined where the answer has another shape. */
  readInventory(
    type: ResourceType,
    region: string,
    body: JsonObject,
    token: string | undefined,
  ): InventoryPage | undefined;
}
