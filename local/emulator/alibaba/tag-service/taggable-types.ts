/** A kind of resource that the Tag service takes. */
export interface TaggableType {
  /** As `--from`, policies and reports spell it. */
  readonly type: string;
  /** The service's codes, as its ListSupportResourceTypes spells them. */
  readonly product: string;
  readonly kind: string;
}

/**
 * By product code the kinds that Alibaba Cloud's own template hands to TagResources, in the codes of the Tag service or,
 * where those aren't known, of Resource Center. Those of VPC IPAM, which is younger than the template, are assumed.
 * https://github.com/aliyun/oos-templates/blob/48dd266/PublicTemplates/YAML/ACS-TAG-TagResources.yml
 */
const CODES = `
adb: cluster dbclusterlakeversion
alb: acl healthchecktemplate listener loadbalancer rule securitypolicy servergroup
alidns: domain
alidnsgtm: gtminstance
alikafka: consumergroup instance topic
apigateway: api apigroup app instance plugin
arms: application web
avds: assets instance
baas: consortium organization
bastionhost: instance
bpstudio: application template
cas: instance
cassandra: cluster
cbn: transitrouterpeerattachment transitroutervbrattachment transitroutervpcattachment transitroutervpnattachment
cbs: backupplan
cddc: dedicatedhost
cdn: domain
cds: cluster
cdt: cdt cdtcb cdtinternet
cen: bandwidthpackage cen flowlog transitrouter transitroutermulticastdomain transitrouterroutetable
cloudbox: cloudbox demand site sku
cloudphone: Instance
cms: monitorgroup
composer: flow
computenest: service serviceinstance
config: aggregatecompliancepack aggregateconfigrule aggregator compliancepack rule
cr: chartnamespace chartrepository instance namespace repository
cs: cluster
datahub: project topic
datav: screen
dbaudit: instance
dcdn: domain
dcdnipa: domain
ddosbgp: instance
ddoscoo: instance
dds: instance shardinginstance
dide: project
domain: domain
drds: instance
dts: consumerchannel instance jobmonitorrule migrationjob subscriptionjob synchronizationjob
dysms: template
ebs: dbsc dedicatedblockstoragecluster diskreplicagroup diskreplicapair enterprisesnapshotpolicy group pair
eci: containergroup imagecache launchtemplate virtualnode
ecs: capacityreservation command ddh ddhcluster disk elasticityassurance eni image imagecomponent imagepipeline instance invocation keypair launchtemplate reservedinstance scu securitygroup snapshot snapshotgroup snapshotpolicy volume
edas: application cluster namespace
ehpc: cluster
elasticsearch: apm instance logstash
emr: cluster flowproject instance
ess: scalinggroup
expressconnect: physicalconnection
fc: service
flinkasi: vvpinstance vvpnamespace
ga: accelerator acl bandwidthpackage basicaccelerator endpointgroup
gds: instance
gpdb: instance
gws: instance user
hbase: cluster
hbr: client hanainstance vault
hcs_sgw: gateway
hitsdb: instance
hologram: instance
hologres: instance
hsm: instance
iacservice: authorization job module modulemarket moduleversion task
imagesearch: instance
iot: product rule
kms: key secret
kvstore: auditlogconfig instance
licensemanager: grant license
live: domain
log: logstore project
mq: group instance topic
mse: cluster gateway
mts: mediainfo snapshot transcode
multimod: cluster
nas: filesystem
nlb: listener loadbalancer securitypolicy servergroup
nlp: entity ie kwe reviewanalysis sentiment textstructure wordpos
oceanbase: instance tenant
oos: application execution opsitem opsitemconfiguration parameter secretparameter stateconfiguration template
openanalytics: instance
opensearch: appgroup instance
oss: bucket
ots: instance
outboundbot: instance
petadata: instance
polardb: cluster
polardbx: PolarDBXInstance
privatelink: vpcendpoint vpcendpointservice
pvtz: zone
ram: user
rds: account actioneventpolicy backup backupfile backuppolicy database dbproxy dedicatedhost downloadlinkdetail gadinstance instance parametergroup
rm: account instance resourcegroup resourceshare sharedresource sharedtarget topic
rocketmq: consumergroup instance topic
ros: changeset stack stackgroup template
sae: application
sag: ccn
savingplan: instance
scblinkonecs: cluster
scdn: domain
searchengine: instance
slb: acl cacertificate certificate instance masterslaveservergroup servercertificate vservergroup
smartag: abwp acl ccn flowlog qos smartag smartag_b smartag_d smartag_s
smarthosting: hbm managedhost mps
smc: replicationjob sourceserver
spark: cluster
vod: appinfo domain
vpc: commonbandwidthpackage customergateway dhcpoptionsset eip flowlog gatewayendpoint havip ipsecserver ipv4gateway ipv6bandwidth ipv6gateway ipv6instance natgateway networkacl physicalconnection prefixlist publicipaddresspool routetable sslvpnclientcert sslvpnserver trafficmirrorfilter trafficmirrorsession vpc vpnattachment vpnconnection vpngateway vswitch
vpcipam: ipam ipampool ipamscope
waf: domain
`;

/** Codes of Resource Center that the Tag service spells otherwise, and takes as well. */
const OTHER_SPELLINGS = `
ack:cluster cs:cluster
adb:dbcluster adb:cluster
cbwp:commonbandwidthpackage vpc:commonbandwidthpackage
cen:cenbandwidthpackage cen:bandwidthpackage
cen:ceninstance cen:cen
cen:transitrouterpeerattachment cbn:transitrouterpeerattachment
cen:transitroutervbrattachment cbn:transitroutervbrattachment
cen:transitroutervpcattachment cbn:transitroutervpcattachment
cen:transitroutervpnattachment cbn:transitroutervpnattachment
ecs:autosnapshotpolicy ecs:snapshotpolicy
ecs:dedicatedhost ecs:ddh
ecs:networkinterface ecs:eni
eip:eipaddress vpc:eip
gpdb:dbinstance gpdb:instance
lindorm:instance hitsdb:instance
mongodb:dbinstance dds:instance
nat:natgateway vpc:natgateway
ons:group mq:group
ons:instance mq:instance
ons:topic mq:topic
polardb:dbcluster polardb:cluster
privatezone:zone pvtz:zone
rds:dbinstance rds:instance
redis:dbinstance kvstore:instance
resourcemanager:account rm:account
resourcemanager:resourcegroup rm:resourcegroup
slb:accesscontrollist slb:acl
slb:loadbalancer slb:instance
sls:logstore log:logstore
sls:project log:project
vpn:customergateway vpc:customergateway
vpn:vpnconnection vpc:vpnconnection
vpn:vpngateway vpc:vpngateway
`;

/** Types whose own APIs had named them before: their codes here are the same words in lower case. */
const NAMED_BEFORE = [
  "alibaba:apigateway:apiGroup",
  "alibaba:vpcipam:IPAM",
  "alibaba:vpcipam:IPAMSCOPE",
  "alibaba:vpcipam:IPAMPOOL",
];

const lines = (text: string): readonly string[] => text.trim().split("\n");
const nameOf = (product: string, kind: string): string => `alibaba:${product}:${kind}`.toLowerCase();

const namedBefore = new Map(NAMED_BEFORE.map((type) => [type.toLowerCase(), type]));

/** In the order in which they are listed. */
export const TAGGABLE_TYPES: readonly TaggableType[] = lines(CODES).flatMap((line) => {
  const [product = "", kinds = ""] = line.split(": ");
  return kinds.split(" ").map((kind) => {
    const name = nameOf(product, kind);
    return { type: namedBefore.get(name) ?? name, product, kind };
  });
});

const bySpelling = new Map(TAGGABLE_TYPES.map((taggable) => [taggable.type.toLowerCase(), taggable]));
for (const line of lines(OTHER_SPELLINGS)) {
  const [other = "", code = ""] = line.split(" ");
  const taggable = bySpelling.get(`alibaba:${code}`);
  if (taggable !== undefined) bySpelling.set(`alibaba:${other}`, taggable);
}

const products = new Set([...bySpelling.keys()].map((name) => name.split(":")[1] ?? ""));

/** The type that codes stand for, in the Tag service's spelling or Resource Center's, in any case. */
export function taggableType(product: string, kind: string): TaggableType | undefined {
  return bySpelling.get(nameOf(product, kind));
}

/** Whether there is a code of a service like this, in either spelling. */
export function isProduct(product: string): boolean {
  return products.has(product.toLowerCase());
}
