import type { ResourceType } from "../../../core/resource.ts";
import { canonicalType } from "./types.ts";

/**
 * What Config calls a type, and what TMS calls it: its names there belong to no service, count with their case and follow
 * no rule, and pages of different times have different ones. Which of several a cloud has, its own list says
 * (`tms-names.ts`). No page brings the names of the two together; docs/providers/assumptions.md has where these are from.
 * @see https://support.huaweicloud.com/intl/en-us/api-tms/tms_06_0100.html
 */
const NAMES = `
as.scalingGroups scaling_group
cbr.vault vault
cce.clusters cce-cluster
cdn.domains cdn
ces.alarms CES-alarm
css.clusters css-cluster
dcs.redis dcs
dds.instances dds
dms.kafkas kafka
dns.zones DNS_public_zone DNS-public_zone
dws.clusters dws_clusters
ecs.cloudServers ecs
elb.listeners listeners
elb.loadbalancers loadbalancers
er.instances instance
evs.volumes disk
fgs.functions functions
gaussdb.instance gaussdb
ims.images private_image images
kms.keys kms
mrs.mrs clusters
nat.natGateways nat_gateways
nat.privateNatGateways private-nat-gateways
nosql.instances nosql
obs.buckets bucket
rds.instances rds
sfs.shares sfs
sfsturbo.shares sfs-turbo
smn.topic smn_topic
vpc.bandwidths shared_bandwidth
vpc.publicips eip
vpc.securityGroups security-groups
vpc.subnets subnets subnet
vpc.vpcs vpcs vpc
vpcep.endpointServices endpoint_service
vpcep.endpoints endpoint
waf.instance waf
`;

/** By our type TMS' names of it, today's first. */
export const TMS_NAMES: ReadonlyMap<ResourceType, readonly string[]> = new Map(
  NAMES.trim()
    .split("\n")
    .map((line) => {
      const [config = "", ...names] = line.split(" ");
      const [provider = "", kind = ""] = config.split(".");
      return [canonicalType(provider, kind), names] as const;
    }),
);

/**
 * Services that TMS answers for before the tags are there. MRS is the one that its page names.
 * @see https://support.huaweicloud.com/intl/en-us/api-tms/CreateResourceTag.html
 */
export const TAGGED_LATER: ReadonlySet<ResourceType> = new Set([canonicalType("mrs", "mrs")]);

/**
 * Types that Config has one name for and TMS two, of which this table has one: that TMS doesn't know such a resource says
 * nothing of it. Zones of DNS are public here, and may be private ones.
 */
export const IN_PART: ReadonlySet<ResourceType> = new Set([canonicalType("dns", "zones")]);

/** What TMS can tag as far as is known without asking it. */
export const TAGGABLE_TYPES: ReadonlySet<ResourceType> = new Set(TMS_NAMES.keys());
