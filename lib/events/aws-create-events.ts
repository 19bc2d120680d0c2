import { awsRows } from "./aws-rows.ts";
import type { CreateEvent } from "./create-event.ts";

/** AWS calls that were seen in real CloudTrail records, in documented samples or in the tables of other tools. */
export const AWS_CREATE_EVENTS: readonly CreateEvent[] = [
  ...awsRows("ec2.amazonaws.com", [
    [
      "RunInstances",
      "ec2:instance",
      "instance/{id}",
      "responseElements.instancesSet.items[].instanceId",
      "verified-real",
    ],
    ["CreateVolume", "ec2:volume", "volume/{id}", "responseElements.volumeId", "verified-real"],
    ["CreateSnapshot", "ec2:snapshot", "snapshot/{id}", "responseElements.snapshotId", "verified-real"],
    ["CopySnapshot", "ec2:snapshot", "snapshot/{id}", "responseElements.snapshotId", "public-table"],
    [
      "ImportSnapshot",
      "ec2:snapshot",
      "snapshot/{id}",
      "responseElements.snapshotId",
      "public-table",
      { mayLackId: "the snapshot of an import task gets its id when the task ends" },
    ],
    ["CreateImage", "ec2:image", "image/{id}", "responseElements.imageId", "public-table"],
    ["CopyImage", "ec2:image", "image/{id}", "responseElements.imageId", "public-table"],
    ["RegisterImage", "ec2:image", "image/{id}", "responseElements.imageId", "verified-real"],
    ["CreateVpc", "ec2:vpc", "vpc/{id}", "responseElements.vpc.vpcId", "verified-real"],
    ["CreateSubnet", "ec2:subnet", "subnet/{id}", "responseElements.subnet.subnetId", "verified-real"],
    ["CreateSecurityGroup", "ec2:security-group", "security-group/{id}", "responseElements.groupId", "verified-real"],
    [
      "CreateInternetGateway",
      "ec2:internet-gateway",
      "internet-gateway/{id}",
      "responseElements.internetGateway.internetGatewayId",
      "verified-real",
    ],
    [
      "CreateNatGateway",
      "ec2:natgateway",
      "natgateway/{id}",
      "responseElements.CreateNatGatewayResponse.natGateway.natGatewayId",
      "verified-real",
    ],
    [
      "CreateRouteTable",
      "ec2:route-table",
      "route-table/{id}",
      "responseElements.routeTable.routeTableId",
      "verified-real",
    ],
    [
      "CreateNetworkAcl",
      "ec2:network-acl",
      "network-acl/{id}",
      "responseElements.networkAcl.networkAclId",
      "public-table",
    ],
    [
      "CreateNetworkInterface",
      "ec2:network-interface",
      "network-interface/{id}",
      "responseElements.networkInterface.networkInterfaceId",
      "verified-real",
    ],
    ["AllocateAddress", "ec2:elastic-ip", "elastic-ip/{id}", "responseElements.allocationId", "verified-real"],
    [
      "CreateVpcPeeringConnection",
      "ec2:vpc-peering-connection",
      "vpc-peering-connection/{id}",
      "responseElements.vpcPeeringConnection.vpcPeeringConnectionId",
      "public-table",
    ],
    [
      "CreateVpnConnection",
      "ec2:vpn-connection",
      "vpn-connection/{id}",
      "responseElements.vpnConnection.vpnConnectionId",
      "public-table",
    ],
    [
      "CreateVpnGateway",
      "ec2:vpn-gateway",
      "vpn-gateway/{id}",
      "responseElements.vpnGateway.vpnGatewayId",
      "public-table",
    ],
    [
      "CreateCustomerGateway",
      "ec2:customer-gateway",
      "customer-gateway/{id}",
      "responseElements.customerGateway.customerGatewayId",
      "public-table",
    ],
    [
      "CreateDhcpOptions",
      "ec2:dhcp-options",
      "dhcp-options/{id}",
      "responseElements.dhcpOptions.dhcpOptionsId",
      "public-table",
    ],
    [
      "CreateFlowLogs",
      "ec2:vpc-flow-log",
      "vpc-flow-log/{id}",
      "responseElements.CreateFlowLogsResponse.flowLogIdSet.item",
      "verified-real",
    ],
  ]),
  ...awsRows("s3.amazonaws.com", [
    [
      "CreateBucket",
      "s3:bucket",
      "arn:{partition}:s3:::{id}",
      "requestParameters.bucketName",
      "verified-real",
      { regionPath: "requestParameters.CreateBucketConfiguration.LocationConstraint" },
    ],
  ]),
  ...awsRows("lambda.amazonaws.com", [
    [
      "CreateFunction20150331",
      "lambda:function",
      "{id}",
      "responseElements.functionArn",
      "verified-real",
      { fallbackIdPath: "requestParameters.functionName", fallbackArn: "function:{id}" },
    ],
    ["CreateFunction20141111", "lambda:function", "{id}", "responseElements.functionArn", "public-table"],
  ]),
  ...awsRows("rds.amazonaws.com", [
    [
      "CreateDBInstance",
      "rds:db",
      "{id}",
      "responseElements.dBInstanceArn",
      "verified-real",
      { fallbackIdPath: "requestParameters.dBInstanceIdentifier", fallbackArn: "db:{id}" },
    ],
    ["CreateDBSnapshot", "rds:snapshot", "{id}", "responseElements.dBSnapshotArn", "verified-real"],
    [
      "CreateDBSubnetGroup",
      "rds:subgrp",
      "{id}",
      "responseElements.dBSubnetGroupArn",
      "verified-real",
      { fallbackIdPath: "requestParameters.dBSubnetGroupName", fallbackArn: "subgrp:{id}" },
    ],
  ]),
  ...awsRows("dynamodb.amazonaws.com", [
    [
      "CreateTable",
      "dynamodb:table",
      "{id}",
      "responseElements.tableDescription.tableArn",
      "public-table",
      { fallbackIdPath: "requestParameters.tableName", fallbackArn: "table/{id}" },
    ],
  ]),
  ...awsRows("sqs.amazonaws.com", [
    [
      "CreateQueue",
      "sqs:queue",
      "arn:{partition}:sqs:{region}:{account}:{id}",
      "requestParameters.queueName",
      "verified-sample",
    ],
  ]),
  ...awsRows("secretsmanager.amazonaws.com", [
    ["CreateSecret", "secretsmanager:secret", "{id}", "responseElements.arn", "verified-real"],
  ]),
  ...awsRows("ssm.amazonaws.com", [
    [
      "PutParameter",
      "ssm:parameter",
      "parameter/{id}",
      "requestParameters.name",
      "verified-real",
      { updatePath: "requestParameters.overwrite", idPrefix: "/" },
    ],
  ]),
  ...awsRows("logs.amazonaws.com", [
    ["CreateLogGroup", "logs:log-group", "log-group:{id}", "requestParameters.logGroupName", "verified-real"],
  ]),
  ...awsRows("iam.amazonaws.com", [
    [
      "CreateUser",
      "iam:user",
      "{id}",
      "responseElements.user.arn",
      "verified-real",
      { fallbackIdPath: "requestParameters.userName", fallbackArn: "arn:{partition}:iam::{account}:user{path=/}{id}" },
    ],
    [
      "CreateRole",
      "iam:role",
      "{id}",
      "responseElements.role.arn",
      "verified-real",
      { fallbackIdPath: "requestParameters.roleName", fallbackArn: "arn:{partition}:iam::{account}:role{path=/}{id}" },
    ],
    ["CreatePolicy", "iam:policy", "{id}", "responseElements.policy.arn", "verified-real"],
    ["CreateInstanceProfile", "iam:instance-profile", "{id}", "responseElements.instanceProfile.arn", "verified-real"],
  ]),
  ...awsRows("elasticloadbalancing.amazonaws.com", [
    [
      "CreateLoadBalancer",
      "elasticloadbalancing:loadbalancer",
      "{id}",
      "responseElements.loadBalancers[].loadBalancerArn",
      "public-table",
      { fallbackIdPath: "requestParameters.loadBalancerName", fallbackArn: "loadbalancer/{id}" },
    ],
  ]),
  ...awsRows("autoscaling.amazonaws.com", [
    [
      "CreateAutoScalingGroup",
      "autoscaling:autoScalingGroup",
      "{id}",
      "resources[].ARN",
      "public-table",
      { mayLackId: "the ARN of a group holds a UUID, which the event seldom names" },
    ],
  ]),
  ...awsRows("redshift.amazonaws.com", [
    ["CreateCluster", "redshift:cluster", "cluster:{id}", "requestParameters.clusterIdentifier", "public-table"],
  ]),
  ...awsRows("elasticfilesystem.amazonaws.com", [
    [
      "CreateMountTarget",
      "elasticfilesystem:mount-target",
      "{id}",
      "responseElements.mountTargetId",
      "verified-sample",
      { notTaggable: "mount targets carry no tags" },
    ],
  ]),
  ...awsRows("es.amazonaws.com", [
    ["CreateElasticsearchDomain", "es:domain", "domain/{id}", "requestParameters.domainName", "public-table"],
  ]),
  ...awsRows("cloudsearch.amazonaws.com", [
    ["CreateDomain", "cloudsearch:domain", "domain/{id}", "requestParameters.domainName", "public-table"],
  ]),
  ...awsRows("kinesis.amazonaws.com", [
    ["CreateStream", "kinesis:stream", "stream/{id}", "requestParameters.streamName", "public-table"],
  ]),
  ...awsRows("firehose.amazonaws.com", [
    [
      "CreateDeliveryStream",
      "firehose:deliverystream",
      "deliverystream/{id}",
      "requestParameters.deliveryStreamName",
      "public-table",
    ],
  ]),
  ...awsRows("cloudfront.amazonaws.com", [
    [
      "CreateDistribution",
      "cloudfront:distribution",
      "arn:{partition}:cloudfront::{account}:distribution/{id}",
      "responseElements.distribution.id",
      "verified-sample",
    ],
  ]),
  ...awsRows("apigateway.amazonaws.com", [
    [
      "CreateStage",
      "apigateway:stages",
      "arn:{partition}:apigateway:{region}::/restapis/{restApiId}/stages/{id}",
      "requestParameters.createStageInput.stageName",
      "verified-sample",
      {
        fallbackIdPath: "responseElements.stageName",
        fallbackArn: "arn:{partition}:apigateway:{region}::/restapis/{restApiId}/stages/{id}",
      },
    ],
  ]),
  ...awsRows("events.amazonaws.com", [["PutRule", "events:rule", "{id}", "responseElements.ruleArn", "public-table"]]),
  ...awsRows("monitoring.amazonaws.com", [
    ["PutMetricAlarm", "cloudwatch:alarm", "alarm:{id}", "requestParameters.alarmName", "public-table"],
  ]),
  ...awsRows("cloudtrail.amazonaws.com", [
    ["CreateTrail", "cloudtrail:trail", "{id}", "responseElements.trailARN", "verified-real"],
  ]),
  ...awsRows("sagemaker.amazonaws.com", [
    [
      "CreateNotebookInstance",
      "sagemaker:notebook-instance",
      "{id}",
      "responseElements.notebookInstanceArn",
      "public-table",
    ],
  ]),
  ...awsRows("elasticmapreduce.amazonaws.com", [
    ["RunJobFlow", "elasticmapreduce:cluster", "cluster/{id}", "responseElements.jobFlowId", "public-table"],
  ]),
  ...awsRows("datapipeline.amazonaws.com", [
    ["CreatePipeline", "datapipeline:pipeline", "pipeline/{id}", "responseElements.pipelineId", "public-table"],
  ]),
  ...awsRows("opsworks.amazonaws.com", [
    ["CreateStack", "opsworks:stack", "stack/{id}/", "responseElements.stackId", "public-table"],
    ["CloneStack", "opsworks:stack", "stack/{id}/", "responseElements.stackId", "public-table"],
  ]),
  ...awsRows("dms.amazonaws.com", [
    ["CreateEndpoint", "dms:endpoint", "{id}", "responseElements.endpoint.endpointArn", "public-table"],
  ]),
  ...awsRows("cloudhsm.amazonaws.com", [
    ["CreateCluster", "cloudhsm:cluster", "cluster/{id}", "responseElements.cluster.clusterId", "verified-sample"],
  ]),
  ...awsRows("appmesh.amazonaws.com", [
    ["CreateMesh", "appmesh:mesh", "mesh/{id}", "requestParameters.meshName", "verified-sample"],
    ["CreateVirtualGateway", "appmesh:mesh", "{id}", "responseElements.virtualGateway.metadata.arn", "verified-sample"],
    ["CreateVirtualNode", "appmesh:mesh", "{id}", "responseElements.virtualNode.metadata.arn", "verified-sample"],
  ]),
  ...awsRows("rolesanywhere.amazonaws.com", [
    [
      "CreateTrustAnchor",
      "rolesanywhere:trust-anchor",
      "{id}",
      "responseElements.trustAnchor.trustAnchorArn",
      "verified-real",
    ],
    ["CreateProfile", "rolesanywhere:profile", "{id}", "responseElements.profile.profileArn", "verified-real"],
  ]),
];
