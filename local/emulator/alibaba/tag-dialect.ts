import { CloudError } from "../cloud-error.ts";
import type { EmulatedLimits } from "../limits.ts";

/** Where the two APIs that tag resources alike differ: types, limits, pages and the names of errors. */
export interface TagDialect {
  /** By the value of ResourceType. */
  readonly limits: Readonly<Record<string, EmulatedLimits>>;
  readonly typePrefix: string;
  /** Whether requests must name the region. */
  readonly needsRegion: boolean;
  readonly page: { readonly parameter?: string; readonly size: number; readonly most: number };
  /** NextToken of the last page. */
  readonly endMark: string;
  /** `TagResources: { TagResource: […] }` or `TagResources: […]`. */
  readonly nested: boolean;
  readonly errors: {
    missing(what: "ResourceType" | "ResourceIds" | "Tags" | "TagsAndResourceIds" | "RegionId"): CloudError;
    tooMany(what: "ResourceIds" | "Tags", limit: number): CloudError;
    resourceType(): CloudError;
    duplicateKey(): CloudError;
    /** Absent where the same id twice does no harm. */
    duplicateId?(): CloudError;
    key(): CloudError;
    value(): CloudError;
    reserved(): CloudError;
    pageSize(): CloudError;
    token(): CloudError;
    region(): CloudError;
  };
}

function named(message: string, id: string | undefined): string {
  return id === undefined ? message : `${message} ResourceId: ${id}`;
}

export function notFound(id: string | undefined): CloudError {
  const message = "The specified ResourceIds are not found in our records.";
  return new CloudError(400, "InvalidResourceId.NotFound", named(message, id));
}

export function overQuota(id: string | undefined): CloudError {
  const message = "The maximum number of tags for each resource is exceeded.";
  return new CloudError(400, "QuotaExceed.TagsPerResource", named(message, id));
}
