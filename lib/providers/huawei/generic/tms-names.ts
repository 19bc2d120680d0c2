import type { ResourceType } from "../../../core/resource.ts";
import { TMS_NAMES } from "./taggable-types.ts";

/** What TMS calls our types, and which of them a name of it stands for. */
export interface TmsNames {
  nameOf(type: ResourceType): string | undefined;
}

export function tmsNames(): TmsNames {
  return { nameOf: (type) => TMS_NAMES.get(type)?.[0] };
}
