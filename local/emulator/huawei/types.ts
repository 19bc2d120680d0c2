/** A kind of resource of Huawei Cloud, by all its names. */
export interface HuaweiType {
  /** As `--from`, policies and reports spell it: Config's names in lower case, where no other name came first. */
  readonly type: string;
  /** Config's names, as its answers spell them. */
  readonly provider: string;
  readonly kind: string;
  /** TMS' names of the service and of the type; absent = TMS can't tag it. */
  readonly tms?: { readonly provider: string; readonly name: string };
  /** Whether it belongs to no region and no project. */
  readonly isGlobal: boolean;
  /** Whether TMS answers before the tags are there. */
  readonly isSlow: boolean;
}

/**
 * Config's name, TMS' service and name (`-` = it can't be tagged there), and what else there is to say. Names of TMS
 * belong to no service and are no rule's: https://support.huaweicloud.com/intl/en-us/api-tms/tms_06_0100.html says to
 * ask its providers.
 */
const ROWS = `
ecs.cloudServers ecs ecs
evs.volumes evs disk
vpc.vpcs vpc vpcs
vpc.subnets vpc subnets
vpc.securityGroups vpc security-groups
vpc.publicips vpc eip
vpc.bandwidths vpc shared_bandwidth
elb.loadbalancers elb loadbalancers
elb.listeners elb listeners
rds.instances rds rds
dds.instances dds dds
gaussdb.instance gaussdb gaussdb
nosql.instances nosql nosql
dcs.redis dcs dcs
obs.buckets obs bucket
cce.clusters cce cce-cluster
cce.nodes - -
fgs.functions FunctionGraph functions
smn.topic smn smn_topic
nat.natGateways nat nat_gateways
nat.privateNatGateways nat private-nat-gateways
dms.kafkas dms kafka
sfs.shares sfs sfs
sfsturbo.shares sfs sfs-turbo
kms.keys kms kms
ims.images ims private_image
cbr.vault cbr vault
as.scalingGroups as scaling_group
css.clusters css css-cluster
dns.zones dns DNS_public_zone global
waf.instance waf waf
vpcep.endpoints vpcep endpoint
vpcep.endpointServices vpcep endpoint_service
er.instances er instance
vpnaas.vpnGateways - -
dws.clusters dws dws_clusters
ces.alarms ces CES-alarm
mrs.mrs mrs clusters slow
cdn.domains cdn cdn global
apig.instances apig apig
iam.users - - global
iam.agencies - - global
`;

/** Types that had a name before Config's. */
const NAMED_BEFORE: Readonly<Record<string, string>> = {
  "apig.instances": "huawei:apig:instance",
  "iam.users": "huawei:iam:user",
  "iam.agencies": "huawei:iam:agency",
};

/** In the order in which they are listed. */
export const HUAWEI_TYPES: readonly HuaweiType[] = ROWS.trim()
  .split("\n")
  .map((row) => {
    const [name = "", service = "", tmsName = "", ...facts] = row.split(" ");
    const [provider = "", kind = ""] = name.split(".");
    return {
      type: NAMED_BEFORE[name] ?? `huawei:${provider}:${kind}`.toLowerCase(),
      provider,
      kind,
      ...(service !== "-" && { tms: { provider: service, name: tmsName } }),
      isGlobal: facts.includes("global"),
      isSlow: facts.includes("slow"),
    };
  });

const byType = new Map(HUAWEI_TYPES.map((known) => [known.type, known]));

export function huaweiType(type: string): HuaweiType | undefined {
  return byType.get(type);
}

const byConfigName = new Map(HUAWEI_TYPES.map((known) => [`${known.provider}.${known.kind}`.toLowerCase(), known]));

/** The type that Config calls `provider.type`, in any case. */
export function typeOfConfig(name: string): HuaweiType | undefined {
  return byConfigName.get(name.toLowerCase());
}
