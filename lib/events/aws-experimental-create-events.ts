import { awsRows } from "./aws-rows.ts";
import type { CreateEvent } from "./create-event.ts";

/** AWS calls whose records were inferred from the service's API: nobody has shown one yet. */
export const AWS_EXPERIMENTAL_CREATE_EVENTS: readonly CreateEvent[] = [
  ...awsRows("ec2.amazonaws.com", {
    inferred: `
      CreateSnapshots snapshot/{id} response.CreateSnapshotsResponse.snapshotSet.item[].snapshotId
      CreateVpcEndpoint vpc-endpoint/{id} response.CreateVpcEndpointResponse.vpcEndpoint.vpcEndpointId
      CreateTransitGateway transit-gateway/{id} response.CreateTransitGatewayResponse.transitGateway.transitGatewayId
      CreateTransitGatewayVpcAttachment transit-gateway-attachment/{id} response.CreateTransitGatewayVpcAttachmentResponse.transitGatewayVpcAttachment.transitGatewayAttachmentId
      CreateLaunchTemplate launch-template/{id} response.CreateLaunchTemplateResponse.launchTemplate.launchTemplateId
      CreateEgressOnlyInternetGateway egress-only-internet-gateway/{id} response.CreateEgressOnlyInternetGatewayResponse.egressOnlyInternetGateway.egressOnlyInternetGatewayId
      CreateManagedPrefixList prefix-list/{id} response.CreateManagedPrefixListResponse.prefixList.prefixListId
      CreateKeyPair key-pair/{id} response.keyPairId
      ImportKeyPair key-pair/{id} response.keyPairId
      CreatePlacementGroup placement-group/{id} request.groupName
      RequestSpotInstances spot-instances-request/{id} response.spotInstanceRequestSet.items[].spotInstanceRequestId
      CreateFleet fleet/{id} response.CreateFleetResponse.fleetId`,
  }),
  ...awsRows("lambda.amazonaws.com", {
    inferred: "CreateEventSourceMapping20150331 event-source-mapping:{id} response.uUID",
  }),
  ...awsRows(
    "rds.amazonaws.com",
    {
      inferred: `
      CreateDBInstanceReadReplica rds:db response.dBInstanceArn
      RestoreDBInstanceFromDBSnapshot rds:db response.dBInstanceArn
      RestoreDBInstanceToPointInTime rds:db response.dBInstanceArn
      CreateDBCluster rds:cluster response.dBClusterArn
      CreateDBClusterSnapshot rds:cluster-snapshot response.dBClusterSnapshotArn
      CreateDBParameterGroup rds:pg response.dBParameterGroupArn`,
    },
    { CreateDBCluster: { fallbackIdPath: "requestParameters.dBClusterIdentifier", fallbackArn: "cluster:{id}" } },
  ),
  ...awsRows("sns.amazonaws.com", { inferred: "CreateTopic sns:topic response.topicArn" }),
  ...awsRows(
    "kms.amazonaws.com",
    { inferred: "CreateKey kms:key response.keyMetadata.arn" },
    { CreateKey: { fallbackIdPath: "responseElements.keyMetadata.keyId", fallbackArn: "key/{id}" } },
  ),
  ...awsRows("ssm.amazonaws.com", { inferred: "CreateDocument document/{id} request.name" }),
  ...awsRows("iam.amazonaws.com", {
    inferred: "CreateOpenIDConnectProvider iam:oidc-provider response.openIDConnectProviderArn",
  }),
  ...awsRows("elasticloadbalancing.amazonaws.com", {
    inferred: "CreateTargetGroup elasticloadbalancing:targetgroup response.targetGroups[].targetGroupArn",
  }),
  ...awsRows("ecs.amazonaws.com", {
    inferred: `
      CreateCluster ecs:cluster response.cluster.clusterArn
      CreateService ecs:service response.service.serviceArn
      RegisterTaskDefinition ecs:task-definition response.taskDefinition.taskDefinitionArn`,
  }),
  ...awsRows("eks.amazonaws.com", {
    inferred: `
      CreateCluster eks:cluster response.cluster.arn
      CreateNodegroup eks:nodegroup response.nodegroup.nodegroupArn`,
  }),
  ...awsRows("ecr.amazonaws.com", { inferred: "CreateRepository ecr:repository response.repository.repositoryArn" }),
  ...awsRows("elasticache.amazonaws.com", {
    inferred: `
      CreateCacheCluster cluster:{id} response.cacheClusterId
      CreateReplicationGroup replicationgroup:{id} response.replicationGroupId`,
  }),
  ...awsRows("elasticfilesystem.amazonaws.com", {
    inferred: "CreateFileSystem file-system/{id} response.fileSystemId",
  }),
  ...awsRows(
    "fsx.amazonaws.com",
    { inferred: "CreateFileSystem fsx:file-system response.fileSystem.resourceARN" },
    {
      CreateFileSystem: { fallbackIdPath: "responseElements.fileSystem.fileSystemId", fallbackArn: "file-system/{id}" },
    },
  ),
  ...awsRows("es.amazonaws.com", { inferred: "CreateDomain domain/{id} request.domainName" }),
  ...awsRows("apigateway.amazonaws.com", {
    inferred: `
      CreateRestApi arn:{partition}:apigateway:{region}::/restapis/{id} response.id
      CreateApi arn:{partition}:apigateway:{region}::/apis/{id} response.apiId`,
  }),
  ...awsRows("states.amazonaws.com", { inferred: "CreateStateMachine states:stateMachine response.stateMachineArn" }),
  ...awsRows("cloudformation.amazonaws.com", { inferred: "CreateStack cloudformation:stack response.stackId" }),
  ...awsRows("sagemaker.amazonaws.com", {
    inferred: `
      CreateEndpoint sagemaker:endpoint response.endpointArn
      CreateModel sagemaker:model response.modelArn`,
  }),
  ...awsRows("glue.amazonaws.com", {
    inferred: `
      CreateJob job/{id} request.name
      CreateCrawler crawler/{id} request.name`,
  }),
  ...awsRows("athena.amazonaws.com", { inferred: "CreateWorkGroup workgroup/{id} request.name" }),
  ...awsRows("dms.amazonaws.com", {
    inferred: "CreateReplicationInstance dms:rep response.replicationInstance.replicationInstanceArn",
  }),
  ...awsRows(
    "route53.amazonaws.com",
    { inferred: "CreateHostedZone arn:{partition}:route53:::hostedzone/{id} response.hostedZone.id" },
    { CreateHostedZone: { idPrefix: "/hostedzone/" } },
  ),
  ...awsRows("acm.amazonaws.com", { inferred: "RequestCertificate acm:certificate response.certificateArn" }),
  ...awsRows("wafv2.amazonaws.com", { inferred: "CreateWebACL wafv2:webacl response.summary.aRN" }),
  ...awsRows("backup.amazonaws.com", { inferred: "CreateBackupVault backup:backup-vault response.backupVaultArn" }),
  ...awsRows("codebuild.amazonaws.com", { inferred: "CreateProject codebuild:project response.project.arn" }),
  ...awsRows("codecommit.amazonaws.com", {
    inferred: "CreateRepository codecommit:repository response.repositoryMetadata.arn",
  }),
  ...awsRows("codepipeline.amazonaws.com", {
    inferred: "CreatePipeline arn:{partition}:codepipeline:{region}:{account}:{id} request.pipeline.name",
  }),
  ...awsRows("cognito-idp.amazonaws.com", { inferred: "CreateUserPool cognito-idp:userpool response.userPool.arn" }),
  ...awsRows("amazonmq.amazonaws.com", { inferred: "CreateBroker mq:broker response.brokerArn" }),
  ...awsRows("kafka.amazonaws.com", { inferred: "CreateClusterV2 kafka:cluster response.clusterArn" }),
  ...awsRows("transfer.amazonaws.com", { inferred: "CreateServer server/{id} response.serverId" }),
  ...awsRows("appsync.amazonaws.com", { inferred: "CreateGraphqlApi appsync:apis response.graphqlApi.arn" }),
];
