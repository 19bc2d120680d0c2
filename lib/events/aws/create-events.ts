import type { CreateEvent } from "../create-event.ts";
import { awsRows } from "./rows.ts";

/** Where the calls to start tasks say which they could not place, in an answer of status 200. */
const UNPLACED = { failuresPath: "responseElements.failures[].reason|responseElements.failures[].arn" };

/** Where the interfaces and volumes stand that are made with an instance: no call of their own tells of them. */
const WITH_INSTANCE = [
  {
    type: "aws:ec2:network-interface",
    arn: "arn:{partition}:ec2:{region}:{account}:network-interface/{id}",
    idPaths: ["responseElements.instancesSet.items[].networkInterfaceSet.items[].networkInterfaceId"],
    usedPath: "requestParameters.networkInterfaceSet.items[].networkInterfaceId",
  },
  {
    type: "aws:ec2:volume",
    arn: "arn:{partition}:ec2:{region}:{account}:volume/{id}",
    idPaths: ["responseElements.instancesSet.items[].blockDeviceMapping.items[].ebs.volumeId"],
  },
];

/**
 * AWS calls that were seen in real CloudTrail records, in documented samples or in the tables of other tools, or whose
 * documented answer is written as their service's other records are. docs/events.md names the source of each.
 */
export const AWS_CREATE_EVENTS: readonly CreateEvent[] = [
  ...awsRows(
    "ec2.amazonaws.com",
    {
      "verified-real": [
        "RunInstances instance/{id} response.instancesSet.items[].instanceId",
        "CreateVolume volume/{id} response.volumeId",
        "CreateSnapshot snapshot/{id} response.snapshotId",
        "CreateSnapshots snapshot/{id} wrapped.snapshotSet.item[].snapshotId",
        "CopySnapshot snapshot/{id} response.snapshotId",
        "RegisterImage image/{id} response.imageId",
        "CreateVpc vpc/{id} response.vpc.vpcId",
        "CreateSubnet subnet/{id} response.subnet.subnetId",
        "CreateSecurityGroup security-group/{id} response.groupId",
        "CreateInternetGateway internet-gateway/{id} response.internetGateway.internetGatewayId",
        "CreateNatGateway natgateway/{id} wrapped.natGateway.natGatewayId",
        "CreateRouteTable route-table/{id} response.routeTable.routeTableId",
        "CreateNetworkInterface network-interface/{id} response.networkInterface.networkInterfaceId",
        "AllocateAddress elastic-ip/{id} response.allocationId",
        "CreateFlowLogs vpc-flow-log/{id} wrapped.flowLogIdSet.item",
        "CreateCapacityReservation capacity-reservation/{id} wrapped.capacityReservation.capacityReservationId",
      ],
      "public-table": [
        "ImportSnapshot snapshot/{id} response.snapshotId",
        "CreateImage image/{id} response.imageId",
        "CopyImage image/{id} response.imageId",
        "CreateNetworkAcl network-acl/{id} response.networkAcl.networkAclId",
        "CreateVpcPeeringConnection vpc-peering-connection/{id} response.vpcPeeringConnection.vpcPeeringConnectionId",
        "CreateVpnConnection vpn-connection/{id} response.vpnConnection.vpnConnectionId",
        "CreateVpnGateway vpn-gateway/{id} response.vpnGateway.vpnGatewayId",
        "CreateCustomerGateway customer-gateway/{id} response.customerGateway.customerGatewayId",
        "CreateDhcpOptions dhcp-options/{id} response.dhcpOptions.dhcpOptionsId",
        "CreateVpcEndpoint vpc-endpoint/{id} wrapped.vpcEndpoint.vpcEndpointId",
        "CreateLaunchTemplate launch-template/{id} wrapped.launchTemplate.launchTemplateId",
        "CreateTransitGateway transit-gateway/{id} wrapped.transitGateway.transitGatewayId",
        "CreateTransitGatewayVpcAttachment transit-gateway-attachment/{id} wrapped.transitGatewayVpcAttachment.transitGatewayAttachmentId",
        "CreateEgressOnlyInternetGateway egress-only-internet-gateway/{id} wrapped.egressOnlyInternetGateway.egressOnlyInternetGatewayId",
        "CreateCarrierGateway carrier-gateway/{id} wrapped.carrierGateway.carrierGatewayId",
        "CreateKeyPair key-pair/{id} response.keyPairId",
      ],
      "sdk-response-field": [
        "CreateDefaultVpc vpc/{id} response.vpc.vpcId",
        "CreateDefaultSubnet subnet/{id} response.subnet.subnetId",
        "CreateRestoreImageTask image/{id} response.imageId",
        "ImportImage image/{id} response.imageId",
        "ImportKeyPair key-pair/{id} response.keyPairId",
        "CreateManagedPrefixList prefix-list/{id} wrapped.prefixList.prefixListId",
        "CreateTrafficMirrorFilter traffic-mirror-filter/{id} wrapped.trafficMirrorFilter.trafficMirrorFilterId",
        "CreateTrafficMirrorSession traffic-mirror-session/{id} wrapped.trafficMirrorSession.trafficMirrorSessionId",
        "CreateTrafficMirrorTarget traffic-mirror-target/{id} wrapped.trafficMirrorTarget.trafficMirrorTargetId",
      ],
    },
    {
      RunInstances: { also: WITH_INSTANCE },
      CreateFlowLogs: { failuresPath: "responseElements.CreateFlowLogsResponse.unsuccessful.item[].error.code" },
      ImportSnapshot: { mayLackId: "the snapshot of an import task gets its id when the task ends" },
      ImportImage: { mayLackId: "the image of an import task gets its id when the task ends" },
    },
  ),
  ...awsRows(
    "s3.amazonaws.com",
    { "verified-real": ["CreateBucket arn:{partition}:s3:::{id} request.bucketName"] },
    { CreateBucket: { regionPath: "requestParameters.CreateBucketConfiguration.LocationConstraint" } },
  ),
  ...awsRows("s3express.amazonaws.com", { "sdk-response-field": ["CreateBucket bucket/{id} request.bucketName"] }),
  ...awsRows(
    "lambda.amazonaws.com",
    {
      "verified-real": ["CreateFunction20150331 :function response.functionArn function:{id} request.functionName"],
      "public-table": ["CreateFunction20141111 :function response.functionArn function:{id} request.functionName"],
    },
    { CreateFunction20150331: { versioned: true }, CreateFunction20141111: { versioned: true } },
  ),
  // RDS stores names in lower case: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
  ...awsRows("rds.amazonaws.com", {
    "verified-real": [
      "CreateDBInstance :db response.dBInstanceArn db:{id|lower} request.dBInstanceIdentifier",
      "RestoreDBInstanceFromDBSnapshot :db response.dBInstanceArn db:{id|lower} request.dBInstanceIdentifier",
      "CreateDBSnapshot :snapshot response.dBSnapshotArn snapshot:{id|lower} request.dBSnapshotIdentifier",
      "CreateDBSubnetGroup :subgrp response.dBSubnetGroupArn subgrp:{id|lower} request.dBSubnetGroupName",
    ],
    "public-table": [
      "CreateDBInstanceReadReplica :db response.dBInstanceArn db:{id|lower} request.dBInstanceIdentifier",
      "CreateDBCluster :cluster response.dBClusterArn cluster:{id|lower} request.dBClusterIdentifier",
      "CreateDBClusterSnapshot :cluster-snapshot response.dBClusterSnapshotArn cluster-snapshot:{id|lower} request.dBClusterSnapshotIdentifier",
      "CreateDBProxy :db-proxy response.dBProxy.dBProxyArn",
    ],
    "sdk-response-field": [
      "RestoreDBInstanceFromS3 :db response.dBInstanceArn db:{id|lower} request.dBInstanceIdentifier",
      "RestoreDBInstanceToPointInTime :db response.dBInstanceArn db:{id|lower} request.targetDBInstanceIdentifier",
      "RestoreDBClusterFromS3 :cluster response.dBClusterArn cluster:{id|lower} request.dBClusterIdentifier",
      "RestoreDBClusterFromSnapshot :cluster response.dBClusterArn cluster:{id|lower} request.dBClusterIdentifier",
      "RestoreDBClusterToPointInTime :cluster response.dBClusterArn cluster:{id|lower} request.dBClusterIdentifier",
      "CopyDBSnapshot :snapshot response.dBSnapshotArn snapshot:{id|lower} request.targetDBSnapshotIdentifier",
      "CopyDBClusterSnapshot :cluster-snapshot response.dBClusterSnapshotArn cluster-snapshot:{id|lower} request.targetDBClusterSnapshotIdentifier",
      "CreateDBParameterGroup :pg response.dBParameterGroupArn pg:{id|lower} request.dBParameterGroupName",
      "CopyDBParameterGroup :pg response.dBParameterGroupArn pg:{id|lower} request.targetDBParameterGroupIdentifier",
      "CreateDBClusterParameterGroup :cluster-pg response.dBClusterParameterGroupArn cluster-pg:{id|lower} request.dBClusterParameterGroupName",
      "CopyDBClusterParameterGroup :cluster-pg response.dBClusterParameterGroupArn cluster-pg:{id|lower} request.targetDBClusterParameterGroupIdentifier",
      "CreateOptionGroup :og response.optionGroupArn og:{id|lower} request.optionGroupName",
      "CopyOptionGroup :og response.optionGroupArn og:{id|lower} request.targetOptionGroupIdentifier",
    ],
  }),
  ...awsRows("dynamodb.amazonaws.com", {
    "verified-real": [
      "RestoreTableFromBackup :table response.tableDescription.tableArn table/{id} request.targetTableName",
    ],
    "public-table": [
      "CreateTable :table response.tableDescription.tableArn table/{id} request.tableName",
      "RestoreTableToPointInTime :table response.tableDescription.tableArn table/{id} request.targetTableName",
    ],
    "sdk-response-field": [
      "ImportTable :table response.importTableDescription.tableArn table/{id} request.tableCreationParameters.tableName",
    ],
  }),
  ...awsRows("sqs.amazonaws.com", {
    "verified-sample": ["CreateQueue arn:{partition}:sqs:{region}:{account}:{id} request.queueName"],
  }),
  ...awsRows("sns.amazonaws.com", { "verified-sample": ["CreateTopic :topic response.topicArn {id} request.name"] }),
  ...awsRows("kms.amazonaws.com", {
    "verified-sample": ["CreateKey :key response.keyMetadata.arn key/{id} response.keyMetadata.keyId"],
    "sdk-response-field": ["ReplicateKey :key response.replicaKeyMetadata.arn"],
  }),
  ...awsRows("secretsmanager.amazonaws.com", { "verified-real": ["CreateSecret :secret response.arn"] }),
  ...awsRows(
    "ssm.amazonaws.com",
    {
      "verified-real": ["PutParameter parameter/{id} request.name"],
      "public-table": ["CreateDocument document/{id} response.documentDescription.name document/{id} request.name"],
    },
    {
      PutParameter: {
        idPrefix: "/",
        updatePath: "requestParameters.overwrite",
        versionPath: "responseElements.version",
      },
    },
  ),
  ...awsRows("logs.amazonaws.com", { "verified-real": ["CreateLogGroup log-group:{id} request.logGroupName"] }),
  ...awsRows("iam.amazonaws.com", {
    "verified-real": [
      "CreateUser :user response.user.arn global:user{path=/}{id} request.userName",
      "CreateRole :role response.role.arn global:role{path=/}{id} request.roleName",
      "CreatePolicy :policy response.policy.arn global:policy{path=/}{id} request.policyName",
      "CreateInstanceProfile :instance-profile response.instanceProfile.arn global:instance-profile{path=/}{id} request.instanceProfileName",
    ],
    "sdk-response-field": [
      "CreateOpenIDConnectProvider :oidc-provider response.openIDConnectProviderArn",
      "CreateSAMLProvider :saml-provider response.sAMLProviderArn global:saml-provider/{id} request.name",
      "UploadServerCertificate :server-certificate response.serverCertificateMetadata.arn",
    ],
  }),
  ...awsRows("elasticloadbalancing.amazonaws.com", {
    "public-table": [
      "CreateLoadBalancer :loadbalancer response.loadBalancers[].loadBalancerArn loadbalancer/{id} request.loadBalancerName",
      "CreateTargetGroup :targetgroup response.targetGroups[].targetGroupArn",
    ],
  }),
  ...awsRows(
    "autoscaling.amazonaws.com",
    { "public-table": ["CreateAutoScalingGroup :autoScalingGroup resources[].ARN"] },
    { CreateAutoScalingGroup: { mayLackId: "the ARN of a group holds a UUID, which the event seldom names" } },
  ),
  ...awsRows(
    "ecs.amazonaws.com",
    {
      "verified-real": ["RunTask :task response.tasks[].taskArn"],
      "public-table": [
        "CreateCluster :cluster response.cluster.clusterArn cluster/{id} request.clusterName",
        "CreateService :service response.service.serviceArn",
      ],
      "sdk-response-field": [
        "StartTask :task response.tasks[].taskArn",
        "CreateTaskSet :task-set response.taskSet.taskSetArn",
        "RegisterTaskDefinition :task-definition response.taskDefinition.taskDefinitionArn",
        "CreateCapacityProvider :capacity-provider response.capacityProvider.capacityProviderArn capacity-provider/{id} request.name",
      ],
    },
    { RunTask: UNPLACED, StartTask: UNPLACED },
  ),
  ...awsRows("eks.amazonaws.com", {
    "verified-sample": ["CreateCluster :cluster response.cluster.arn cluster/{id} request.name"],
    "public-table": [
      "CreateNodegroup :nodegroup response.nodegroup.nodegroupArn",
      "CreateAddon :addon response.addon.addonArn",
    ],
    "sdk-response-field": [
      "CreateFargateProfile :fargateprofile response.fargateProfile.fargateProfileArn",
      "CreatePodIdentityAssociation :podidentityassociation response.association.associationArn",
      "RegisterCluster :cluster response.cluster.arn cluster/{id} request.name",
    ],
  }),
  ...awsRows("ecr.amazonaws.com", {
    "verified-sample": [
      "CreateRepository :repository response.repository.repositoryArn repository/{id} request.repositoryName",
    ],
  }),
  ...awsRows("batch.amazonaws.com", {
    "verified-sample": [
      "CreateComputeEnvironment :compute-environment response.computeEnvironmentArn compute-environment/{id} request.computeEnvironmentName",
    ],
    "sdk-response-field": [
      "CreateJobQueue :job-queue response.jobQueueArn job-queue/{id} request.jobQueueName",
      "CreateSchedulingPolicy :scheduling-policy response.arn scheduling-policy/{id} request.name",
      "RegisterJobDefinition :job-definition response.jobDefinitionArn",
    ],
  }),
  ...awsRows(
    "elasticbeanstalk.amazonaws.com",
    {
      "verified-real": [
        "CreateEnvironment :environment response.environmentArn environment/{applicationName}/{id} request.environmentName",
      ],
      "public-table": [
        "CreateApplication :application response.application.applicationArn application/{id} request.applicationName",
      ],
      "sdk-response-field": [
        "CreateApplicationVersion :applicationversion response.applicationVersion.applicationVersionArn applicationversion/{applicationName}/{id} request.versionLabel",
      ],
    },
    { CreateEnvironment: { mayLackId: "the service makes up the name of an environment that is given none" } },
  ),
  // A cluster's letters are lower case, so a request that isn't and was taken was stored as that:
  // https://docs.aws.amazon.com/redshift/latest/APIReference/API_CreateCluster.html
  ...awsRows("redshift.amazonaws.com", {
    "verified-real": ["CreateCluster cluster:{id|lower} request.clusterIdentifier"],
    "sdk-response-field": ["RestoreFromClusterSnapshot cluster:{id|lower} request.clusterIdentifier"],
  }),
  ...awsRows(
    "redshift-serverless.amazonaws.com",
    {
      "verified-sample": ["CreateNamespace :namespace response.namespace.namespaceArn"],
      "public-table": [
        "CreateWorkgroup :workgroup response.workgroup.workgroupArn",
        "CreateSnapshot :snapshot response.snapshot.snapshotArn",
      ],
      "sdk-response-field": ["ConvertRecoveryPointToSnapshot :snapshot response.snapshot.snapshotArn"],
    },
    { CreateWorkgroup: { mayLackId: "the ARN of a workgroup holds a UUID, which the event may not name" } },
  ),
  // ElastiCache stores names in lower case:
  // https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html
  ...awsRows("elasticache.amazonaws.com", {
    "public-table": [
      "CreateCacheCluster cluster:{id|lower} response.cacheClusterId cluster:{id|lower} request.cacheClusterId",
      "CreateReplicationGroup replicationgroup:{id|lower} response.replicationGroupId replicationgroup:{id|lower} request.replicationGroupId",
      "CreateServerlessCache :serverlesscache response.serverlessCache.aRN serverlesscache:{id|lower} request.serverlessCacheName",
      "CreateSnapshot :snapshot response.snapshot.aRN snapshot:{id|lower} request.snapshotName",
    ],
    "sdk-response-field": [
      "CopySnapshot :snapshot response.snapshot.aRN snapshot:{id|lower} request.targetSnapshotName",
      "CreateServerlessCacheSnapshot :serverlesscachesnapshot response.serverlessCacheSnapshot.aRN serverlesscachesnapshot:{id|lower} request.serverlessCacheSnapshotName",
      "CopyServerlessCacheSnapshot :serverlesscachesnapshot response.serverlessCacheSnapshot.aRN serverlesscachesnapshot:{id|lower} request.targetServerlessCacheSnapshotName",
    ],
  }),
  ...awsRows("memorydb.amazonaws.com", {
    "verified-sample": ["CreateCluster :cluster response.cluster.aRN cluster/{id|lower} request.clusterName"],
    "sdk-response-field": [
      "CreateSnapshot :snapshot response.snapshot.aRN snapshot/{id|lower} request.snapshotName",
      "CopySnapshot :snapshot response.snapshot.aRN snapshot/{id|lower} request.targetSnapshotName",
    ],
  }),
  ...awsRows("kafka.amazonaws.com", {
    "public-table": ["CreateCluster :cluster response.clusterArn", "CreateClusterV2 :cluster response.clusterArn"],
  }),
  ...awsRows(
    "elasticfilesystem.amazonaws.com",
    {
      "verified-sample": ["CreateMountTarget :mount-target response.mountTargetId"],
      "public-table": ["CreateFileSystem file-system/{id} response.fileSystemId"],
    },
    { CreateMountTarget: { notTaggable: "mount targets carry no tags" } },
  ),
  ...awsRows("es.amazonaws.com", {
    "public-table": ["CreateElasticsearchDomain domain/{id} request.domainName"],
    "sdk-response-field": ["CreateDomain domain/{id} request.domainName"],
  }),
  ...awsRows("cloudsearch.amazonaws.com", { "sdk-response-field": ["CreateDomain domain/{id} request.domainName"] }),
  ...awsRows("kinesis.amazonaws.com", { "public-table": ["CreateStream stream/{id} request.streamName"] }),
  ...awsRows("firehose.amazonaws.com", {
    "public-table": ["CreateDeliveryStream deliverystream/{id} request.deliveryStreamName"],
  }),
  ...awsRows(
    "cloudfront.amazonaws.com",
    {
      "verified-sample": ["CreateDistribution global:distribution/{id} response.distribution.id"],
      "sdk-response-field": [
        "CopyDistribution global:distribution/{id} response.distribution.id",
        "CreateDistributionWithTags global:distribution/{id} response.distribution.id",
      ],
    },
    { CreateDistributionWithTags: { tagsPath: "requestParameters.distributionConfigWithTags.tags" } },
  ),
  ...awsRows(
    "route53.amazonaws.com",
    { "public-table": ["CreateHostedZone arn:{partition}:route53:::hostedzone/{id} response.hostedZone.id"] },
    { CreateHostedZone: { idPrefix: "/hostedzone/" } },
  ),
  ...awsRows(
    "acm.amazonaws.com",
    {
      "verified-sample": [
        "RequestCertificate :certificate response.certificateArn",
        "ImportCertificate :certificate response.certificateArn",
      ],
    },
    { ImportCertificate: { updatePath: "requestParameters.certificateArn" } },
  ),
  ...awsRows("apigateway.amazonaws.com", {
    "verified-sample": [
      "CreateStage arn:{partition}:apigateway:{region}::/restapis/{restApiId}/stages/{id} request.createStageInput.stageName arn:{partition}:apigateway:{region}::/restapis/{restApiId}/stages/{id} response.stageName",
    ],
    "public-table": [
      "CreateRestApi arn:{partition}:apigateway:{region}::/restapis/{id} response.id",
      "CreateApi arn:{partition}:apigateway:{region}::/apis/{id} response.apiId",
    ],
    "sdk-response-field": [
      "ImportRestApi arn:{partition}:apigateway:{region}::/restapis/{id} response.id",
      "ImportApi arn:{partition}:apigateway:{region}::/apis/{id} response.apiId",
    ],
  }),
  ...awsRows("events.amazonaws.com", {
    "public-table": [
      "PutRule :rule response.ruleArn",
      "CreateEventBus :event-bus response.eventBusArn event-bus/{id} request.name",
    ],
  }),
  ...awsRows("monitoring.amazonaws.com", {
    "public-table": ["PutMetricAlarm arn:{partition}:cloudwatch:{region}:{account}:alarm:{id} request.alarmName"],
  }),
  ...awsRows(
    "backup.amazonaws.com",
    {
      "public-table": [
        "CreateBackupPlan :backup-plan response.backupPlanArn backup-plan:{id} response.backupPlanId",
        "CreateBackupVault :backup-vault response.backupVaultArn backup-vault:{id} request.backupVaultName",
      ],
      "sdk-response-field": [
        "CreateLogicallyAirGappedBackupVault :backup-vault response.backupVaultArn backup-vault:{id} request.backupVaultName",
      ],
    },
    {
      CreateBackupPlan: { tagsPath: "requestParameters.backupPlanTags" },
      CreateBackupVault: { tagsPath: "requestParameters.backupVaultTags" },
      CreateLogicallyAirGappedBackupVault: { tagsPath: "requestParameters.backupVaultTags" },
    },
  ),
  ...awsRows(
    "cognito-identity.amazonaws.com",
    { "verified-sample": ["CreateIdentityPool identitypool/{id} response.identityPoolId"] },
    { CreateIdentityPool: { tagsPath: "requestParameters.identityPoolTags" } },
  ),
  ...awsRows(
    "bedrock.amazonaws.com",
    {
      "verified-sample": ["CreateModelCustomizationJob :model-customization-job response.jobArn"],
      "public-table": [
        "CreateGuardrail :guardrail response.guardrailArn",
        "CreateInferenceProfile :application-inference-profile response.inferenceProfileArn",
        "CreateProvisionedModelThroughput :provisioned-model response.provisionedModelArn",
      ],
      "sdk-response-field": [
        "CreateModelCopyJob :model-copy-job response.jobArn",
        "CreateModelImportJob :model-import-job response.jobArn",
      ],
    },
    {
      CreateModelCustomizationJob: { tagsPath: "requestParameters.jobTags" },
      CreateModelImportJob: { tagsPath: "requestParameters.jobTags" },
    },
  ),
  ...awsRows("cloudtrail.amazonaws.com", { "verified-real": ["CreateTrail :trail response.trailARN"] }),
  ...awsRows("sagemaker.amazonaws.com", {
    "public-table": [
      "CreateNotebookInstance :notebook-instance response.notebookInstanceArn",
      "CreateEndpoint :endpoint response.endpointArn",
      "CreateModel :model response.modelArn",
    ],
  }),
  ...awsRows("elasticmapreduce.amazonaws.com", { "public-table": ["RunJobFlow cluster/{id} response.jobFlowId"] }),
  ...awsRows("datapipeline.amazonaws.com", { "public-table": ["CreatePipeline pipeline/{id} response.pipelineId"] }),
  ...awsRows("opsworks.amazonaws.com", {
    "public-table": ["CreateStack stack/{id}/ response.stackId", "CloneStack stack/{id}/ response.stackId"],
  }),
  ...awsRows("dms.amazonaws.com", {
    "public-table": [
      "CreateEndpoint :endpoint response.endpoint.endpointArn",
      "CreateReplicationInstance :rep response.replicationInstance.replicationInstanceArn",
    ],
  }),
  ...awsRows("cloudhsm.amazonaws.com", {
    "verified-sample": ["CreateCluster cluster/{id} response.cluster.clusterId"],
  }),
  ...awsRows("appmesh.amazonaws.com", {
    "verified-sample": [
      "CreateMesh mesh/{id} request.meshName",
      "CreateVirtualGateway :mesh response.virtualGateway.metadata.arn",
      "CreateVirtualNode :mesh response.virtualNode.metadata.arn",
    ],
  }),
  ...awsRows("rolesanywhere.amazonaws.com", {
    "verified-real": [
      "CreateTrustAnchor :trust-anchor response.trustAnchor.trustAnchorArn",
      "CreateProfile :profile response.profile.profileArn",
    ],
  }),
];
