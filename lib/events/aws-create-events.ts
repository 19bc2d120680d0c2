import { awsRows } from "./aws-rows.ts";
import type { CreateEvent } from "./create-event.ts";

/** AWS calls that were seen in real CloudTrail records, in documented samples or in the tables of other tools. */
export const AWS_CREATE_EVENTS: readonly CreateEvent[] = [
  ...awsRows(
    "ec2.amazonaws.com",
    {
      "verified-real": `
      RunInstances instance/{id} response.instancesSet.items[].instanceId
      CreateVolume volume/{id} response.volumeId
      CreateSnapshot snapshot/{id} response.snapshotId
      RegisterImage image/{id} response.imageId
      CreateVpc vpc/{id} response.vpc.vpcId
      CreateSubnet subnet/{id} response.subnet.subnetId
      CreateSecurityGroup security-group/{id} response.groupId
      CreateInternetGateway internet-gateway/{id} response.internetGateway.internetGatewayId
      CreateNatGateway natgateway/{id} response.CreateNatGatewayResponse.natGateway.natGatewayId
      CreateRouteTable route-table/{id} response.routeTable.routeTableId
      CreateNetworkInterface network-interface/{id} response.networkInterface.networkInterfaceId
      AllocateAddress elastic-ip/{id} response.allocationId
      CreateFlowLogs vpc-flow-log/{id} response.CreateFlowLogsResponse.flowLogIdSet.item`,
      "public-table": `
      CopySnapshot snapshot/{id} response.snapshotId
      ImportSnapshot snapshot/{id} response.snapshotId
      CreateImage image/{id} response.imageId
      CopyImage image/{id} response.imageId
      CreateNetworkAcl network-acl/{id} response.networkAcl.networkAclId
      CreateVpcPeeringConnection vpc-peering-connection/{id} response.vpcPeeringConnection.vpcPeeringConnectionId
      CreateVpnConnection vpn-connection/{id} response.vpnConnection.vpnConnectionId
      CreateVpnGateway vpn-gateway/{id} response.vpnGateway.vpnGatewayId
      CreateCustomerGateway customer-gateway/{id} response.customerGateway.customerGatewayId
      CreateDhcpOptions dhcp-options/{id} response.dhcpOptions.dhcpOptionsId`,
    },
    { ImportSnapshot: { mayLackId: "the snapshot of an import task gets its id when the task ends" } },
  ),
  ...awsRows(
    "s3.amazonaws.com",
    { "verified-real": "CreateBucket arn:{partition}:s3:::{id} request.bucketName" },
    { CreateBucket: { regionPath: "requestParameters.CreateBucketConfiguration.LocationConstraint" } },
  ),
  ...awsRows(
    "lambda.amazonaws.com",
    {
      "verified-real": "CreateFunction20150331 lambda:function response.functionArn",
      "public-table": "CreateFunction20141111 lambda:function response.functionArn",
    },
    { CreateFunction20150331: { fallbackIdPath: "requestParameters.functionName", fallbackArn: "function:{id}" } },
  ),
  ...awsRows(
    "rds.amazonaws.com",
    {
      "verified-real": `
      CreateDBInstance rds:db response.dBInstanceArn
      CreateDBSnapshot rds:snapshot response.dBSnapshotArn
      CreateDBSubnetGroup rds:subgrp response.dBSubnetGroupArn`,
    },
    {
      CreateDBInstance: { fallbackIdPath: "requestParameters.dBInstanceIdentifier", fallbackArn: "db:{id}" },
      CreateDBSubnetGroup: { fallbackIdPath: "requestParameters.dBSubnetGroupName", fallbackArn: "subgrp:{id}" },
    },
  ),
  ...awsRows(
    "dynamodb.amazonaws.com",
    { "public-table": "CreateTable dynamodb:table response.tableDescription.tableArn" },
    { CreateTable: { fallbackIdPath: "requestParameters.tableName", fallbackArn: "table/{id}" } },
  ),
  ...awsRows("sqs.amazonaws.com", {
    "verified-sample": "CreateQueue arn:{partition}:sqs:{region}:{account}:{id} request.queueName",
  }),
  ...awsRows("secretsmanager.amazonaws.com", { "verified-real": "CreateSecret secretsmanager:secret response.arn" }),
  ...awsRows(
    "ssm.amazonaws.com",
    { "verified-real": "PutParameter parameter/{id} request.name" },
    { PutParameter: { idPrefix: "/", updatePath: "requestParameters.overwrite" } },
  ),
  ...awsRows("logs.amazonaws.com", { "verified-real": "CreateLogGroup log-group:{id} request.logGroupName" }),
  ...awsRows(
    "iam.amazonaws.com",
    {
      "verified-real": `
      CreateUser iam:user response.user.arn
      CreateRole iam:role response.role.arn
      CreatePolicy iam:policy response.policy.arn
      CreateInstanceProfile iam:instance-profile response.instanceProfile.arn`,
    },
    {
      CreateUser: {
        fallbackIdPath: "requestParameters.userName",
        fallbackArn: "arn:{partition}:iam::{account}:user{path=/}{id}",
      },
      CreateRole: {
        fallbackIdPath: "requestParameters.roleName",
        fallbackArn: "arn:{partition}:iam::{account}:role{path=/}{id}",
      },
    },
  ),
  ...awsRows(
    "elasticloadbalancing.amazonaws.com",
    { "public-table": "CreateLoadBalancer elasticloadbalancing:loadbalancer response.loadBalancers[].loadBalancerArn" },
    { CreateLoadBalancer: { fallbackIdPath: "requestParameters.loadBalancerName", fallbackArn: "loadbalancer/{id}" } },
  ),
  ...awsRows(
    "autoscaling.amazonaws.com",
    { "public-table": "CreateAutoScalingGroup autoscaling:autoScalingGroup resources[].ARN" },
    { CreateAutoScalingGroup: { mayLackId: "the ARN of a group holds a UUID, which the event seldom names" } },
  ),
  ...awsRows("redshift.amazonaws.com", { "public-table": "CreateCluster cluster:{id} request.clusterIdentifier" }),
  ...awsRows(
    "elasticfilesystem.amazonaws.com",
    { "verified-sample": "CreateMountTarget elasticfilesystem:mount-target response.mountTargetId" },
    { CreateMountTarget: { notTaggable: "mount targets carry no tags" } },
  ),
  ...awsRows("es.amazonaws.com", { "public-table": "CreateElasticsearchDomain domain/{id} request.domainName" }),
  ...awsRows("cloudsearch.amazonaws.com", { "public-table": "CreateDomain domain/{id} request.domainName" }),
  ...awsRows("kinesis.amazonaws.com", { "public-table": "CreateStream stream/{id} request.streamName" }),
  ...awsRows("firehose.amazonaws.com", {
    "public-table": "CreateDeliveryStream deliverystream/{id} request.deliveryStreamName",
  }),
  ...awsRows("cloudfront.amazonaws.com", {
    "verified-sample":
      "CreateDistribution arn:{partition}:cloudfront::{account}:distribution/{id} response.distribution.id",
  }),
  ...awsRows(
    "apigateway.amazonaws.com",
    {
      "verified-sample":
        "CreateStage arn:{partition}:apigateway:{region}::/restapis/{restApiId}/stages/{id} request.createStageInput.stageName",
    },
    {
      CreateStage: {
        fallbackIdPath: "responseElements.stageName",
        fallbackArn: "arn:{partition}:apigateway:{region}::/restapis/{restApiId}/stages/{id}",
      },
    },
  ),
  ...awsRows("events.amazonaws.com", { "public-table": "PutRule events:rule response.ruleArn" }),
  ...awsRows("monitoring.amazonaws.com", {
    "public-table": "PutMetricAlarm arn:{partition}:cloudwatch:{region}:{account}:alarm:{id} request.alarmName",
  }),
  ...awsRows("cloudtrail.amazonaws.com", { "verified-real": "CreateTrail cloudtrail:trail response.trailARN" }),
  ...awsRows("sagemaker.amazonaws.com", {
    "public-table": "CreateNotebookInstance sagemaker:notebook-instance response.notebookInstanceArn",
  }),
  ...awsRows("elasticmapreduce.amazonaws.com", { "public-table": "RunJobFlow cluster/{id} response.jobFlowId" }),
  ...awsRows("datapipeline.amazonaws.com", { "public-table": "CreatePipeline pipeline/{id} response.pipelineId" }),
  ...awsRows("opsworks.amazonaws.com", {
    "public-table": `
      CreateStack stack/{id}/ response.stackId
      CloneStack stack/{id}/ response.stackId`,
  }),
  ...awsRows("dms.amazonaws.com", { "public-table": "CreateEndpoint dms:endpoint response.endpoint.endpointArn" }),
  ...awsRows("cloudhsm.amazonaws.com", { "verified-sample": "CreateCluster cluster/{id} response.cluster.clusterId" }),
  ...awsRows("appmesh.amazonaws.com", {
    "verified-sample": `
      CreateMesh mesh/{id} request.meshName
      CreateVirtualGateway appmesh:mesh response.virtualGateway.metadata.arn
      CreateVirtualNode appmesh:mesh response.virtualNode.metadata.arn`,
  }),
  ...awsRows("rolesanywhere.amazonaws.com", {
    "verified-real": `
      CreateTrustAnchor rolesanywhere:trust-anchor response.trustAnchor.trustAnchorArn
      CreateProfile rolesanywhere:profile response.profile.profileArn`,
  }),
];
