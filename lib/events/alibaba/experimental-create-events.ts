import type { CreateEvent } from "../create-event.ts";
import { alibabaRows } from "./rows.ts";

/**
 * Calls of which no record is known: the ids are where the official clients have them in the answer, or the request.
 * @see https://github.com/aliyun/alibabacloud-typescript-sdk/tree/06a71f9
 */
export const ALIBABA_EXPERIMENTAL_CREATE_EVENTS: readonly CreateEvent[] = [
  ...alibabaRows("acs.ecs", {
    response: [
      "CreateInstance ecs:instance ECS::Instance response.InstanceId",
      "CreateDisk ecs:disk ECS::Disk response.DiskId",
      "CreateSnapshot ecs:snapshot ECS::Snapshot response.SnapshotId",
      "CreateSecurityGroup ecs:securitygroup ECS::SecurityGroup response.SecurityGroupId",
      "CreateImage ecs:image ECS::Image response.ImageId",
      ["CopyImage ecs:image ECS::Image response.ImageId", { regionPath: "requestParameters.DestinationRegionId" }],
      "CreateLaunchTemplate ecs:launchtemplate ECS::LaunchTemplate response.LaunchTemplateId",
      "CreateAutoSnapshotPolicy ecs:snapshotpolicy ECS::AutoSnapshotPolicy response.AutoSnapshotPolicyId",
      "CreateCommand ecs:command ECS::Command response.CommandId",
      "CreateSnapshotGroup ecs:snapshotgroup ECS::SnapshotGroup response.SnapshotGroupId",
      "CreateKeyPair ecs:keypair ECS::KeyPair response.KeyPairName",
      "ImportKeyPair ecs:keypair ECS::KeyPair response.KeyPairName",
      "AllocateDedicatedHosts ecs:ddh ECS::DedicatedHost response.DedicatedHostIdSets.DedicatedHostId[]",
    ],
  }),
  ...alibabaRows("acs.vpc", {
    response: [
      ["CreateVpc vpc:vpc VPC::VPC response.VpcId", routeTable()],
      "CreateVSwitch vpc:vswitch VPC::VSwitch response.VSwitchId",
      "CreateNatGateway vpc:natgateway NAT::NatGateway response.NatGatewayId",
      "AllocateEipAddress vpc:eip EIP::EipAddress response.AllocationId",
      "AllocateEipAddressPro vpc:eip EIP::EipAddress response.AllocationId",
      "CreateRouteTable vpc:routetable VPC::RouteTable response.RouteTableId",
      "CreateVpnGateway vpc:vpngateway VPN::VpnGateway response.VpnGatewayId",
      "CreateCommonBandwidthPackage vpc:commonbandwidthpackage CBWP::CommonBandwidthPackage response.BandwidthPackageId",
      "CreateVpnConnection vpc:vpnconnection VPN::VpnConnection response.VpnConnectionId",
      "CreateCustomerGateway vpc:customergateway VPN::CustomerGateway response.CustomerGatewayId",
      "CreateVpcPrefixList vpc:prefixlist VPC::PrefixList response.PrefixListId",
    ],
  }),
  ...alibabaRows("acs.alb", {
    response: [
      "CreateLoadBalancer alb:loadbalancer ALB::LoadBalancer response.LoadBalancerId",
      "CreateServerGroup alb:servergroup ALB::ServerGroup response.ServerGroupId",
    ],
  }),
  ...alibabaRows("acs.nlb", {
    response: [
      "CreateLoadBalancer nlb:loadbalancer NLB::LoadBalancer response.LoadbalancerId",
      "CreateServerGroup nlb:servergroup NLB::ServerGroup response.ServerGroupId",
    ],
  }),
  ...alibabaRows("acs.rds", {
    response: ["CreateReadOnlyDBInstance rds:instance RDS::DBInstance response.DBInstanceId"],
  }),
  ...alibabaRows("acs.redis", {
    response: [
      "CreateInstance kvstore:instance Redis::DBInstance response.InstanceId",
      "CreateTairInstance kvstore:instance Redis::DBInstance response.InstanceId",
    ],
  }),
  ...alibabaRows("acs.mongodb", {
    response: [
      "CreateDBInstance dds:instance MongoDB::DBInstance response.DBInstanceId",
      "CreateShardingDBInstance dds:shardinginstance MongoDB::DBInstance response.DBInstanceId",
    ],
  }),
  ...alibabaRows("acs.polardb", {
    response: ["CreateDBCluster polardb:cluster PolarDB::DBCluster response.DBClusterId"],
  }),
  ...alibabaRows("acs.gpdb", {
    response: ["CreateDBInstance gpdb:instance GPDB::DBInstance response.DBInstanceId"],
  }),
  ...alibabaRows("acs.adb", {
    response: ["CreateDBCluster adb:cluster ADB::DBCluster response.DBClusterId"],
  }),
  ...alibabaRows("acs.clickhouse", {
    response: ["CreateDBInstance clickhouse:dbcluster ClickHouse::DBCluster response.DBClusterId"],
  }),
  ...alibabaRows("acs.lindorm", {
    response: ["CreateLindormInstance hitsdb:instance Lindorm::Instance response.InstanceId"],
  }),
  ...alibabaRows("acs.oss", {
    inferred: ["PutBucket oss:bucket OSS::Bucket request.BucketName|request.bucketName"],
  }),
  ...alibabaRows("acs.nas", {
    response: ["CreateFileSystem nas:filesystem NAS::FileSystem response.FileSystemId"],
  }),
  ...alibabaRows("acs.kms", {
    response: [
      "CreateKey kms:key KMS::Key response.KeyMetadata.KeyId",
      "CreateSecret kms:secret KMS::Secret response.SecretName",
    ],
  }),
  ...alibabaRows("acs.sls", {
    inferred: ["CreateProject log:project SLS::Project request.projectName|request.ProjectName"],
  }),
  ...alibabaRows("acs.fc", {
    inferred: [
      "CreateFunction fc:function FC::Function response.functionName",
      "CreateService fc:service FC::Service response.serviceName",
    ],
  }),
  ...alibabaRows("acs.cs", {
    response: ["CreateCluster cs:cluster ACK::Cluster response.cluster_id"],
  }),
  ...alibabaRows("acs.eci", {
    response: ["CreateContainerGroup eci:containergroup ECI::ContainerGroup response.ContainerGroupId"],
  }),
  ...alibabaRows("acs.ess", {
    response: ["CreateScalingGroup ess:scalinggroup ESS::ScalingGroup response.ScalingGroupId"],
  }),
  ...alibabaRows("acs.sae", {
    response: ["CreateApplication sae:application SAE::Application response.Data.AppId"],
  }),
  ...alibabaRows("acs.cr", {
    response: ["CreateRepository cr:repository CR::Repository response.RepoId"],
  }),
  ...alibabaRows("acs.ram", {
    response: [
      "CreateUser ram:user RAM::User response.User.UserName",
      "CreateRole ram:role RAM::Role response.Role.RoleName",
    ],
  }),
  ...alibabaRows("acs.ims", {
    response: ["CreateUser ram:user RAM::User response.User.UserId"],
  }),
  ...alibabaRows("acs.cdn", {
    inferred: ["AddCdnDomain cdn:domain CDN::Domain request.DomainName"],
  }),
  ...alibabaRows("acs.dcdn", {
    inferred: ["AddDcdnDomain dcdn:domain DCDN::Domain request.DomainName"],
  }),
  ...alibabaRows("acs.alidns", {
    response: ["AddDomain alidns:domain Alidns::Domain response.DomainName"],
  }),
  ...alibabaRows("acs.pvtz", {
    response: ["AddZone pvtz:zone PrivateZone::Zone response.ZoneId"],
  }),
  ...alibabaRows("acs.rocketmq", {
    response: ["CreateInstance rocketmq:instance RocketMQ::Instance response.data"],
  }),
  ...alibabaRows("acs.ons", {
    response: ["OnsInstanceCreate mq:instance Ons::Instance response.Data.InstanceId"],
  }),
  ...alibabaRows("acs.alikafka", {
    response: [
      "CreatePostPayInstance alikafka:instance AliKafka::Instance response.Data.InstanceId",
      ["CreatePostPayOrder alikafka:instance AliKafka::Instance referenced", ordered()],
      "CreateTopic alikafka:topic AliKafka::Topic request.Topic",
    ],
  }),
  ...alibabaRows("acs.amqp", {
    response: ["CreateInstance amqp:instance AMQP::Instance response.Data"],
  }),
  ...alibabaRows("acs.elasticsearch", {
    inferred: ["createInstance elasticsearch:instance Elasticsearch::Instance response.Result.instanceId"],
  }),
  ...alibabaRows("acs.emr", {
    response: [
      "RunCluster emr:cluster EMR::Cluster response.ClusterId",
      "CreateCluster emr:cluster EMR::Cluster response.ClusterId",
    ],
  }),
  ...alibabaRows("acs.dts", {
    response: [
      "CreateDtsInstance dts:instance DTS::Instance response.InstanceId",
      [
        "ConfigureDtsJob dts:instance DTS::Instance response.DtsInstanceId",
        { updatePath: "requestParameters.DtsInstanceId" },
      ],
    ],
  }),
  ...alibabaRows("acs.cen", {
    response: [
      "CreateCen cen:cen CEN::CenInstance response.CenId",
      "CreateTransitRouter cen:transitrouter CEN::TransitRouter response.TransitRouterId",
      "CreateTransitRouterVpcAttachment cbn:transitroutervpcattachment CEN::TransitRouterVpcAttachment response.TransitRouterAttachmentId",
    ],
  }),
  ...alibabaRows("acs.privatelink", {
    response: [
      "CreateVpcEndpoint privatelink:vpcendpoint PrivateLink::VpcEndpoint response.EndpointId",
      "CreateVpcEndpointService privatelink:vpcendpointservice PrivateLink::VpcEndpointService response.ServiceId",
    ],
  }),
  ...alibabaRows("acs.ga", {
    response: ["CreateAccelerator ga:accelerator Ga::Accelerator response.AcceleratorId"],
  }),
  ...alibabaRows("acs.apigateway", {
    response: ["CreateInstance apigateway:instance ApiGateway::Instance response.InstanceId"],
  }),
  ...alibabaRows("acs.apig", {
    response: ["CreateGateway apig:gateway APIG::Gateway response.data.gatewayId"],
  }),
  ...alibabaRows("acs.mse", {
    response: [
      "CreateCluster mse:cluster MSE::Cluster response.InstanceId",
      "AddGateway mse:gateway MSE::Gateway response.Data.GatewayUniqueId",
    ],
  }),
  ...alibabaRows("acs.hbr", {
    response: ["CreateVault hbr:vault HBR::Vault response.VaultId"],
  }),
  ...alibabaRows("acs.ots", {
    inferred: ["CreateInstance ots:instance OTS::Instance request.InstanceName"],
  }),
  ...alibabaRows("acs.ros", {
    response: ["CreateStack ros:stack ROS::Stack response.StackId"],
  }),
  ...alibabaRows("acs.resourcemanager", {
    response: ["CreateResourceGroup rm:resourcegroup ResourceManager::ResourceGroup response.ResourceGroup.Id"],
  }),
];

/** A VPC is born with a route table. */
function routeTable(): Partial<CreateEvent> {
  return { also: [{ type: "alibaba:vpc:routetable", idPaths: ["responseElements.RouteTableId"] }] };
}

/** The answer has the order's id. */
function ordered(): Partial<CreateEvent> {
  return { mayLackId: "the call orders an instance and names none; the event Create of the order names it" };
}
