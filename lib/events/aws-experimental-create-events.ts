import { awsRows } from "./aws-rows.ts";
import type { CreateEvent } from "./create-event.ts";

/** AWS calls whose records were inferred from the service's API: nobody has shown one yet. */
export const AWS_EXPERIMENTAL_CREATE_EVENTS: readonly CreateEvent[] = [
  ...awsRows("ec2.amazonaws.com", [
    [
      "CreateSnapshots",
      "ec2:snapshot",
      "snapshot/{id}",
      "responseElements.CreateSnapshotsResponse.snapshotSet.item[].snapshotId",
      "inferred",
    ],
    [
      "CreateVpcEndpoint",
      "ec2:vpc-endpoint",
      "vpc-endpoint/{id}",
      "responseElements.CreateVpcEndpointResponse.vpcEndpoint.vpcEndpointId",
      "inferred",
    ],
    [
      "CreateTransitGateway",
      "ec2:transit-gateway",
      "transit-gateway/{id}",
      "responseElements.CreateTransitGatewayResponse.transitGateway.transitGatewayId",
      "inferred",
    ],
    [
      "CreateTransitGatewayVpcAttachment",
      "ec2:transit-gateway-attachment",
      "transit-gateway-attachment/{id}",
      "responseElements.CreateTransitGatewayVpcAttachmentResponse.transitGatewayVpcAttachment.transitGatewayAttachmentId",
      "inferred",
    ],
    [
      "CreateLaunchTemplate",
      "ec2:launch-template",
      "launch-template/{id}",
      "responseElements.CreateLaunchTemplateResponse.launchTemplate.launchTemplateId",
      "inferred",
    ],
    [
      "CreateEgressOnlyInternetGateway",
      "ec2:egress-only-internet-gateway",
      "egress-only-internet-gateway/{id}",
      "responseElements.CreateEgressOnlyInternetGatewayResponse.egressOnlyInternetGateway.egressOnlyInternetGatewayId",
      "inferred",
    ],
    [
      "CreateManagedPrefixList",
      "ec2:prefix-list",
      "prefix-list/{id}",
      "responseElements.CreateManagedPrefixListResponse.prefixList.prefixListId",
      "inferred",
    ],
    ["CreateKeyPair", "ec2:key-pair", "key-pair/{id}", "responseElements.keyPairId", "inferred"],
    ["ImportKeyPair", "ec2:key-pair", "key-pair/{id}", "responseElements.keyPairId", "inferred"],
    ["CreatePlacementGroup", "ec2:placement-group", "placement-group/{id}", "requestParameters.groupName", "inferred"],
    [
      "RequestSpotInstances",
      "ec2:spot-instances-request",
      "spot-instances-request/{id}",
      "responseElements.spotInstanceRequestSet.items[].spotInstanceRequestId",
      "inferred",
    ],
    ["CreateFleet", "ec2:fleet", "fleet/{id}", "responseElements.CreateFleetResponse.fleetId", "inferred"],
  ]),
  ...awsRows("lambda.amazonaws.com", [
    [
      "CreateEventSourceMapping20150331",
      "lambda:event-source-mapping",
      "event-source-mapping:{id}",
      "responseElements.uUID",
      "inferred",
    ],
  ]),
  ...awsRows("rds.amazonaws.com", [
    ["CreateDBInstanceReadReplica", "rds:db", "{id}", "responseElements.dBInstanceArn", "inferred"],
    ["RestoreDBInstanceFromDBSnapshot", "rds:db", "{id}", "responseElements.dBInstanceArn", "inferred"],
    ["RestoreDBInstanceToPointInTime", "rds:db", "{id}", "responseElements.dBInstanceArn", "inferred"],
    [
      "CreateDBCluster",
      "rds:cluster",
      "{id}",
      "responseElements.dBClusterArn",
      "inferred",
      { fallbackIdPath: "requestParameters.dBClusterIdentifier", fallbackArn: "cluster:{id}" },
    ],
    ["CreateDBClusterSnapshot", "rds:cluster-snapshot", "{id}", "responseElements.dBClusterSnapshotArn", "inferred"],
    ["CreateDBParameterGroup", "rds:pg", "{id}", "responseElements.dBParameterGroupArn", "inferred"],
  ]),
  ...awsRows("sns.amazonaws.com", [["CreateTopic", "sns:topic", "{id}", "responseElements.topicArn", "inferred"]]),
  ...awsRows("kms.amazonaws.com", [
    [
      "CreateKey",
      "kms:key",
      "{id}",
      "responseElements.keyMetadata.arn",
      "inferred",
      { fallbackIdPath: "responseElements.keyMetadata.keyId", fallbackArn: "key/{id}" },
    ],
  ]),
  ...awsRows("ssm.amazonaws.com", [
    ["CreateDocument", "ssm:document", "document/{id}", "requestParameters.name", "inferred"],
  ]),
  ...awsRows("iam.amazonaws.com", [
    [
      "CreateOpenIDConnectProvider",
      "iam:oidc-provider",
      "{id}",
      "responseElements.openIDConnectProviderArn",
      "inferred",
    ],
  ]),
  ...awsRows("elasticloadbalancing.amazonaws.com", [
    [
      "CreateTargetGroup",
      "elasticloadbalancing:targetgroup",
      "{id}",
      "responseElements.targetGroups[].targetGroupArn",
      "inferred",
    ],
  ]),
  ...awsRows("ecs.amazonaws.com", [
    ["CreateCluster", "ecs:cluster", "{id}", "responseElements.cluster.clusterArn", "inferred"],
    ["CreateService", "ecs:service", "{id}", "responseElements.service.serviceArn", "inferred"],
    [
      "RegisterTaskDefinition",
      "ecs:task-definition",
      "{id}",
      "responseElements.taskDefinition.taskDefinitionArn",
      "inferred",
    ],
  ]),
  ...awsRows("eks.amazonaws.com", [
    ["CreateCluster", "eks:cluster", "{id}", "responseElements.cluster.arn", "inferred"],
    ["CreateNodegroup", "eks:nodegroup", "{id}", "responseElements.nodegroup.nodegroupArn", "inferred"],
  ]),
  ...awsRows("ecr.amazonaws.com", [
    ["CreateRepository", "ecr:repository", "{id}", "responseElements.repository.repositoryArn", "inferred"],
  ]),
  ...awsRows("elasticache.amazonaws.com", [
    ["CreateCacheCluster", "elasticache:cluster", "cluster:{id}", "responseElements.cacheClusterId", "inferred"],
    [
      "CreateReplicationGroup",
      "elasticache:replicationgroup",
      "replicationgroup:{id}",
      "responseElements.replicationGroupId",
      "inferred",
    ],
  ]),
  ...awsRows("elasticfilesystem.amazonaws.com", [
    [
      "CreateFileSystem",
      "elasticfilesystem:file-system",
      "file-system/{id}",
      "responseElements.fileSystemId",
      "inferred",
    ],
  ]),
  ...awsRows("fsx.amazonaws.com", [
    [
      "CreateFileSystem",
      "fsx:file-system",
      "{id}",
      "responseElements.fileSystem.resourceARN",
      "inferred",
      { fallbackIdPath: "responseElements.fileSystem.fileSystemId", fallbackArn: "file-system/{id}" },
    ],
  ]),
  ...awsRows("es.amazonaws.com", [
    ["CreateDomain", "es:domain", "domain/{id}", "requestParameters.domainName", "inferred"],
  ]),
  ...awsRows("apigateway.amazonaws.com", [
    [
      "CreateRestApi",
      "apigateway:restapis",
      "arn:{partition}:apigateway:{region}::/restapis/{id}",
      "responseElements.id",
      "inferred",
    ],
    [
      "CreateApi",
      "apigateway:apis",
      "arn:{partition}:apigateway:{region}::/apis/{id}",
      "responseElements.apiId",
      "inferred",
    ],
  ]),
  ...awsRows("states.amazonaws.com", [
    ["CreateStateMachine", "states:stateMachine", "{id}", "responseElements.stateMachineArn", "inferred"],
  ]),
  ...awsRows("cloudformation.amazonaws.com", [
    ["CreateStack", "cloudformation:stack", "{id}", "responseElements.stackId", "inferred"],
  ]),
  ...awsRows("sagemaker.amazonaws.com", [
    ["CreateEndpoint", "sagemaker:endpoint", "{id}", "responseElements.endpointArn", "inferred"],
    ["CreateModel", "sagemaker:model", "{id}", "responseElements.modelArn", "inferred"],
  ]),
  ...awsRows("glue.amazonaws.com", [
    ["CreateJob", "glue:job", "job/{id}", "requestParameters.name", "inferred"],
    ["CreateCrawler", "glue:crawler", "crawler/{id}", "requestParameters.name", "inferred"],
  ]),
  ...awsRows("athena.amazonaws.com", [
    ["CreateWorkGroup", "athena:workgroup", "workgroup/{id}", "requestParameters.name", "inferred"],
  ]),
  ...awsRows("dms.amazonaws.com", [
    [
      "CreateReplicationInstance",
      "dms:rep",
      "{id}",
      "responseElements.replicationInstance.replicationInstanceArn",
      "inferred",
    ],
  ]),
  ...awsRows("route53.amazonaws.com", [
    [
      "CreateHostedZone",
      "route53:hostedzone",
      "arn:{partition}:route53:::hostedzone/{id}",
      "responseElements.hostedZone.id",
      "inferred",
      { idPrefix: "/hostedzone/" },
    ],
  ]),
  ...awsRows("acm.amazonaws.com", [
    ["RequestCertificate", "acm:certificate", "{id}", "responseElements.certificateArn", "inferred"],
  ]),
  ...awsRows("wafv2.amazonaws.com", [
    ["CreateWebACL", "wafv2:webacl", "{id}", "responseElements.summary.aRN", "inferred"],
  ]),
  ...awsRows("backup.amazonaws.com", [
    ["CreateBackupVault", "backup:backup-vault", "{id}", "responseElements.backupVaultArn", "inferred"],
  ]),
  ...awsRows("codebuild.amazonaws.com", [
    ["CreateProject", "codebuild:project", "{id}", "responseElements.project.arn", "inferred"],
  ]),
  ...awsRows("codecommit.amazonaws.com", [
    ["CreateRepository", "codecommit:repository", "{id}", "responseElements.repositoryMetadata.arn", "inferred"],
  ]),
  ...awsRows("codepipeline.amazonaws.com", [
    [
      "CreatePipeline",
      "codepipeline:pipeline",
      "arn:{partition}:codepipeline:{region}:{account}:{id}",
      "requestParameters.pipeline.name",
      "inferred",
    ],
  ]),
  ...awsRows("cognito-idp.amazonaws.com", [
    ["CreateUserPool", "cognito-idp:userpool", "{id}", "responseElements.userPool.arn", "inferred"],
  ]),
  ...awsRows("amazonmq.amazonaws.com", [
    ["CreateBroker", "mq:broker", "{id}", "responseElements.brokerArn", "inferred"],
  ]),
  ...awsRows("kafka.amazonaws.com", [
    ["CreateClusterV2", "kafka:cluster", "{id}", "responseElements.clusterArn", "inferred"],
  ]),
  ...awsRows("transfer.amazonaws.com", [
    ["CreateServer", "transfer:server", "server/{id}", "responseElements.serverId", "inferred"],
  ]),
  ...awsRows("appsync.amazonaws.com", [
    ["CreateGraphqlApi", "appsync:apis", "{id}", "responseElements.graphqlApi.arn", "inferred"],
  ]),
];
