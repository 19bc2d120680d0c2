import { TAGGABLE_TYPES, taggableType } from "../tag-service/taggable-types.ts";

/** A type as Resource Center has it. */
export interface ListedType {
  /** As `--from`, policies and reports spell it. */
  readonly type: string;
  /** `ACS::ECS::NetworkInterface`. */
  readonly name: string;
  /** The Tag service's codes for it, `ecs.eni`; undefined where it can't be tagged. */
  readonly tagCode: string | undefined;
}

/**
 * By product the kinds that are known in Resource Center's own spelling.
 * https://github.com/aliyun/oos-templates/blob/48dd266/PublicTemplates/YAML/ACS-TAG-TagAllResources.yml
 */
const SPELLINGS = `
ACK: Cluster
ADB: DBCluster DBClusterLakeVersion
ALB: Acl HealthCheckTemplate Listener LoadBalancer Rule SecurityPolicy ServerGroup
AliKafka: ConsumerGroup Instance Topic
ApiGateway: Api ApiGroup
CBWP: CommonBandwidthPackage
CDN: Domain
CEN: CenBandwidthPackage CenInstance Flowlog TransitRouter TransitRouterMulticastDomain TransitRouterPeerAttachment TransitRouterRouteTable TransitRouterVbrAttachment TransitRouterVpcAttachment TransitRouterVpnAttachment
DCDN: Domain
DdosCoo: Instance
EBS: DedicatedBlockStorageCluster DiskReplicaGroup DiskReplicaPair EnterpriseSnapshotPolicy
ECI: ContainerGroup
ECS: AutoSnapshotPolicy Command DedicatedHost Disk Image Instance KeyPair LaunchTemplate NetworkInterface SecurityGroup Snapshot
EIP: EipAddress
ESS: ScalingGroup
ExpressConnect: PhysicalConnection
FC: Service
GPDB: DBInstance
Ga: Accelerator Acl BandwidthPackage BasicAccelerator EndpointGroup
HBase: Cluster
MongoDB: DBInstance
NAS: FileSystem
NAT: NatGateway
NLB: Listener LoadBalancer SecurityPolicy ServerGroup
OOS: Application Parameter SecretParameter Template
OSS: Bucket
Ons: Group Instance Topic
PolarDB: DBCluster
PrivateLink: VpcEndpoint VpcEndpointService
RDS: DBInstance
Redis: DBInstance
ResourceManager: Account ResourceGroup
SLB: AccessControlList CACertificate LoadBalancer MasterSlaveServerGroup ServerCertificate VServerGroup
SLS: Project
VPC: DhcpOptionsSet FlowLog GatewayEndpoint HaVip Ipv4Gateway Ipv6Gateway NetworkAcl PrefixList PublicIpAddressPool RouteTable TrafficMirrorFilter TrafficMirrorSession VPC VSwitch
VPN: CustomerGateway VpnGateway
`;

/** What exists and can't be tagged; that these four can't is assumed. */
const WITHOUT_TAGS = ["FC: Function", "MNS: Queue", "MaxCompute: Project", "RAM: Role"];

interface Spelling {
  readonly product: string;
  readonly kind: string;
}

const spellings = (lines: readonly string[]): readonly Spelling[] =>
  lines.flatMap((line) => {
    const [product = "", kinds = ""] = line.split(": ");
    return kinds.split(" ").map((kind) => ({ product, kind }));
  });

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);
const nameOf = ({ product, kind }: Spelling): string => `ACS::${product}::${kind}`;

const known = spellings(SPELLINGS.trim().split("\n"));
const knownNames = new Map(known.map((one) => [taggableType(one.product, one.kind)?.type ?? "", nameOf(one)]));
const knownProducts = new Map(known.map(({ product }) => [product.toLowerCase(), product]));

/** Whose spelling isn't known is listed by the Tag service's codes, with capitals. */
const taggable = TAGGABLE_TYPES.map(({ type, product, kind }): ListedType => {
  const assumed = { product: knownProducts.get(product) ?? capital(product), kind: capital(kind) };
  return { type, name: knownNames.get(type) ?? nameOf(assumed), tagCode: `${product}.${kind}` };
});

const untaggable = spellings(WITHOUT_TAGS).map((one): ListedType => {
  return { type: `alibaba:${one.product}:${one.kind}`.toLowerCase(), name: nameOf(one), tagCode: undefined };
});

/** In the order in which they are listed. */
export const LISTED_TYPES: readonly ListedType[] = [...taggable, ...untaggable];

const byType = new Map(LISTED_TYPES.map((listed) => [listed.type, listed]));
const byName = new Map(LISTED_TYPES.map((listed) => [listed.name.toLowerCase(), listed]));

/** How Resource Center calls a type. */
export function listedName(type: string): string {
  return byType.get(type)?.name ?? type;
}

/** The type that Resource Center calls so, in any case. */
export function listedType(name: string): ListedType | undefined {
  return byName.get(name.toLowerCase());
}

/** Whether the type exists, and only Resource Center knows it. */
export function isListedOnly(type: string): boolean {
  const listed = byType.get(type);
  return listed !== undefined && listed.tagCode === undefined;
}
