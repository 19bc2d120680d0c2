import type { ResourceType } from "../../../core/resource.ts";
import { apiGatewayContract, vpcIpamContract } from "../contract.ts";

/**
 * Codes of Resource Center that the Tag service spells otherwise, both in lower case. It takes either and may answer with
 * either; a type has one name here, that of the Tag service. All codes are Alibaba Cloud's; that the two of a line are one
 * is documented for clusters, and read off the ids and the products' pages for the others: docs/providers/assumptions.md.
 * @see https://github.com/aliyun/oos-templates/blob/48dd266/PublicTemplates/YAML/ACS-TAG-TagResources.yml
 */
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

const spellings: ReadonlyMap<string, string> = new Map(
  OTHER_SPELLINGS.trim()
    .split("\n")
    .map((line) => {
      const [other = "", ours = ""] = line.split(" ");
      return [other, ours];
    }),
);

/** The same with our names for them: whoever writes one of these in a policy or a configuration means the other. */
export const OTHER_NAMES: ReadonlyMap<string, ResourceType> = new Map(
  Array.from(spellings, ([other, ours]) => [`alibaba:${other}`, `alibaba:${ours}`] as const),
);

/** Types that are served by their own APIs here, whose calls take more and are atomic. */
export const HAVE_OWN_ROWS: ReadonlySet<ResourceType> = new Set(
  [apiGatewayContract, vpcIpamContract].flatMap(({ types }) => types),
);

/** They keep the names that those APIs have for them. By their names in lower case. */
const NAMED_BEFORE: ReadonlyMap<string, ResourceType> = new Map(
  Array.from(HAVE_OWN_ROWS, (type) => [type.toLowerCase(), type] as const),
);

/**
 * Codes with capitals in the Tag service's own list, by their names in lower case: ARNs keep them.
 * @see https://www.alibabacloud.com/help/en/resource-management/tag/developer-reference/api-tag-2018-08-28-listsupportresourcetypes
 */
const WITH_CAPITALS: ReadonlyMap<string, string> = new Map([
  ["cloudphone:instance", "Instance"],
  ["polardbx:polardbxinstance", "PolarDBXInstance"],
]);

/** The one name here of a type that Alibaba Cloud spells in several ways. */
export function canonicalType(product: string, kind: string): ResourceType {
  const codes = `${product}:${kind}`.toLowerCase();
  const type = `alibaba:${spellings.get(codes) ?? codes}`;
  return NAMED_BEFORE.get(type) ?? type;
}

/** Whether a type is called so here; a pattern is its own name. */
export function isOwnName(type: ResourceType): boolean {
  const [, product = "", kind = "", ...more] = type.split(":");
  return more.length === 0 && kind !== "" && canonicalType(product, kind) === type;
}

/** The type that Resource Center calls `ACS::EIP::EipAddress`; undefined for what is no such name. */
export function typeOfResourceCenter(name: string): ResourceType | undefined {
  const [acs, product = "", kind = "", ...more] = name.split("::");
  const isName = acs === "ACS" && product !== "" && kind !== "" && more.length === 0;
  return isName ? canonicalType(product, kind) : undefined;
}

/** The Tag service's codes for one of our types: what ARNs are made of. */
export function codesOf(type: ResourceType): { readonly product: string; readonly kind: string } {
  const [, product = "", kind = ""] = type.toLowerCase().split(":");
  return { product, kind: WITH_CAPITALS.get(`${product}:${kind}`) ?? kind };
}
