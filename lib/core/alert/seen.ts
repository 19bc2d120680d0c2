import type { Finding } from "../report/finding.ts";
import type { ResourceRef } from "../resource.ts";

/** What a run knows of resources that an earlier alert was about. */
export interface Seen {
  /** Whether the part of the run that this resource belongs to was audited. */
  readonly audited: (resource: ResourceRef) => boolean;
  /** Whether no part of the run could have listed this resource: its account, region or type is not configured. */
  readonly outside: (resource: ResourceRef) => boolean;
  /** By `resourceKey`: those that are still findings, with what is found of them now. */
  readonly stillFound: ReadonlyMap<string, Finding>;
  /** By `resourceKey`: those that were findings and that an exemption covers now, with the last day of that where it is known. */
  readonly exempted: ReadonlyMap<string, string | undefined>;
  /** By `resourceKey`: those that were findings and that nobody judges any more, with the policies that they broke. */
  readonly unjudged: ReadonlyMap<string, readonly string[]>;
}
