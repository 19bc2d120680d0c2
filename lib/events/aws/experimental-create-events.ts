import type { CreateEvent } from "../create-event.ts";
import { awsRows } from "./rows.ts";

/** AWS calls whose records were inferred from the service's API, of services and kinds that nobody has asked for yet. */
export const AWS_EXPERIMENTAL_CREATE_EVENTS: readonly CreateEvent[] = [
  ...awsRows("ec2.amazonaws.com", {
    inferred: [
      "CreatePlacementGroup placement-group/{id} request.groupName",
      "RequestSpotInstances spot-instances-request/{id} response.spotInstanceRequestSet.items[].spotInstanceRequestId",
      "CreateFleet fleet/{id} wrapped.fleetId",
    ],
  }),
  ...awsRows("lambda.amazonaws.com", {
    inferred: ["CreateEventSourceMapping20150331 event-source-mapping:{id} response.uUID"],
  }),
  ...awsRows("fsx.amazonaws.com", {
    inferred: [
      "CreateFileSystem :file-system response.fileSystem.resourceARN file-system/{id} response.fileSystem.fileSystemId",
    ],
  }),
  ...awsRows("states.amazonaws.com", { inferred: ["CreateStateMachine :stateMachine response.stateMachineArn"] }),
  ...awsRows("cloudformation.amazonaws.com", { inferred: ["CreateStack :stack response.stackId"] }),
  ...awsRows("glue.amazonaws.com", {
    inferred: ["CreateJob job/{id} request.name", "CreateCrawler crawler/{id} request.name"],
  }),
  ...awsRows("athena.amazonaws.com", { inferred: ["CreateWorkGroup workgroup/{id} request.name"] }),
  ...awsRows("wafv2.amazonaws.com", { inferred: ["CreateWebACL :webacl response.summary.aRN"] }),
  ...awsRows("codebuild.amazonaws.com", { inferred: ["CreateProject :project response.project.arn"] }),
  ...awsRows("codecommit.amazonaws.com", {
    inferred: ["CreateRepository :repository response.repositoryMetadata.arn"],
  }),
  ...awsRows("codepipeline.amazonaws.com", {
    inferred: ["CreatePipeline arn:{partition}:codepipeline:{region}:{account}:{id} request.pipeline.name"],
  }),
  ...awsRows("cognito-idp.amazonaws.com", { inferred: ["CreateUserPool :userpool response.userPool.arn"] }),
  ...awsRows("amazonmq.amazonaws.com", { inferred: ["CreateBroker mq:broker response.brokerArn"] }),
  ...awsRows("transfer.amazonaws.com", { inferred: ["CreateServer server/{id} response.serverId"] }),
  ...awsRows("appsync.amazonaws.com", { inferred: ["CreateGraphqlApi :apis response.graphqlApi.arn"] }),
];
