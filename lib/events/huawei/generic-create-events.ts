import type { CreateEvent } from "../create-event.ts";
import { huaweiRows } from "./rows.ts";

/**
 * Calls that create what TMS tags, as the services' own tables of audited operations name them. Which `service_type` their
 * traces have is seldom printed beside them, and a call of one name makes other things elsewhere, so service, call and
 * `resource_type` together tell a row, none of them by its case.
 * @see https://github.com/opentelekomcloud-docs/cloud-trace-service/tree/cdc75f7
 * @see https://support.huaweicloud.com/intl/en-us/usermanual-vpc/vpc010016.html
 */
export const HUAWEI_GENERIC_CREATE_EVENTS: readonly CreateEvent[] = [
  ...huaweiRows("ECS", {
    sampled: [
      // The cloud's own trace of each server that a call of any kind has made.
      "createSingleServer ecs ecs:cloudservers resource_id|response.entities.server_id server.server_tags|server.tags",
    ],
    documented: [
      [
        "createServer|createServerV2|createServerV21 ecs ecs:cloudservers resource_id server.server_tags|server.tags",
        { mayLackId: "the call began to make servers, of each of which createSingleServer tells" },
      ],
    ],
  }),
  ...huaweiRows("EVS", { documented: ["createVolume evs evs:volumes"] }),
  ...huaweiRows("VPC", {
    documented: [
      "createVpc vpc vpc:vpcs",
      "createSubnet subnet vpc:subnets",
      "createSecurity-group|createSecurityGroup security_groups|security_group vpc:securitygroups",
      "createEip eip vpc:publicips",
    ],
    inferred: ["createBandwidth bandwidth vpc:bandwidths"],
  }),
  ...huaweiRows("ELB", {
    documented: ["createLoadbalancer loadbalancer elb:loadbalancers", "createListener listener elb:listeners"],
  }),
  ...huaweiRows("RDS", {
    documented: ["createInstance|createReadReplicate instance rds:instances resource_id|response.instance.id"],
  }),
  ...huaweiRows("DDS", { documented: ["ddsCreateInstance instance dds:instances"] }),
  ...huaweiRows("GaussDB", { documented: ["createInstance instance gaussdb:instance"] }),
  ...huaweiRows("NoSQL", { documented: ["NoSQLCreateInstance instance nosql:instances"] }),
  ...huaweiRows("DCS", {
    documented: [
      "createDCSInstance Redis dcs:redis",
      [
        "submitCreateDCSInstanceRequest|createInstanceOrder Redis dcs:redis",
        { mayLackId: "the instance is ordered, and createDCSInstance tells of it" },
      ],
    ],
  }),
  // A bucket's trace has no id beside its name, which is its id.
  ...huaweiRows("OBS", { sampled: ["createBucket bucket obs:buckets resource_name"] }),
  ...huaweiRows("CCE", {
    documented: [
      "createCluster|createPeriodicCluster Cluster|集群 cce:clusters resource_id|response.metadata.uid spec.clusterTags",
      "createNode Node cce:nodes",
    ],
  }),
  ...huaweiRows("FunctionGraph", { documented: ["createFunction Functions fgs:functions"] }),
  ...huaweiRows("SMN", { documented: ["createTopic topic smn:topic"] }),
  ...huaweiRows("NAT", {
    documented: ["createNatGateway natgateway nat:natgateways", "createPrivateNat privateNat nat:privatenatgateways"],
  }),
  // Whether it succeeded is in the name: `…Failure` is none of the table.
  ...huaweiRows("DMS", { documented: ["createDMSInstanceTaskSuccess|createDMSInstanceOrderSuccess kafka dms:kafkas"] }),
  ...huaweiRows("SFS", { documented: ["createShare sfs sfs:shares", "createShare sfs_turbo sfsturbo:shares"] }),
  ...huaweiRows("SFSTurbo", { documented: ["createShare sfs_turbo sfsturbo:shares"] }),
  ...huaweiRows("KMS", { documented: ["createKey cmk kms:keys resource_id|response.key_info.key_id"] }),
  ...huaweiRows("IMS", { documented: ["createImage ims|image ims:images resource_id image_tags"] }),
  ...huaweiRows("CBR", { documented: ["createVault vault cbr:vault"] }),
  ...huaweiRows("AS", { documented: ["createScalingGroup scaling_group as:scalinggroups"] }),
  ...huaweiRows("CSS", { documented: ["createCluster cluster css:clusters"] }),
  ...huaweiRows("DNS", {
    documented: ["createPublicZone publicZone dns:zones", "createPrivateZone privateZone dns:zones"],
  }),
  ...huaweiRows("WAF", { documented: ["createInstance instance waf:instance"] }),
  ...huaweiRows("VPCEP", {
    documented: [
      "createEndpoint vpcEndpoint vpcep:endpoints",
      "createEndpointService EndpointService vpcep:endpointservices",
    ],
  }),
  ...huaweiRows("ER", { documented: ["createInstance erInstance er:instances"] }),
  ...huaweiRows("VPN", { documented: ["createVgw vpn-gateway vpnaas:vpngateways"] }),
  ...huaweiRows("DWS", { documented: ["createCluster cluster dws:clusters"] }),
  ...huaweiRows("CES", { documented: ["createAlarmRule alarm_rule ces:alarms"] }),
];
