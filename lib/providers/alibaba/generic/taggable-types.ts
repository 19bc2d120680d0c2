import type { ResourceType } from "../../../core/resource.ts";
import { canonicalType } from "./types.ts";

/**
 * By product code the kinds that Alibaba Cloud's own template hands to TagResources, in 2024: in the Tag service's codes
 * or, where those aren't known, in those of Resource Center.
 * @see https://github.com/aliyun/oos-templates/blob/48dd266/PublicTemplates/YAML/ACS-TAG-TagResources.yml
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
cloudphone: instance
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
polardbx: polardbxinstance
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
waf: domain
`;

/** What can be tagged as far as is known without asking: for regions whose list could not be had. */
export const TAGGABLE_TYPES: ReadonlySet<ResourceType> = new Set(
  CODES.trim()
    .split("\n")
    .flatMap((line) => {
      const [product = "", kinds = ""] = line.split(": ");
      return kinds.split(" ").map((kind) => canonicalType(product, kind));
    }),
);
