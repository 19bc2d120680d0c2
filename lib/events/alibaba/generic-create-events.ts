import type { CreateEvent } from "../create-event.ts";
import { alibabaRows } from "./rows.ts";

/**
 * Calls of which a record or a public table is known, for types that the Tag service serves. What is ordered on a page of
 * the console is called `Create`, whatever the API is, and names its ids among the references alone.
 * @see https://help.aliyun.com/zh/actiontrail/developer-reference/api-actiontrail-2020-07-06-describeresourcelifecycleevents
 */
export const ALIBABA_GENERIC_CREATE_EVENTS: readonly CreateEvent[] = [
  ...alibabaRows("acs.ecs", {
    sampled: [
      "RunInstances ecs:instance ECS::Instance response.InstanceIdSets.InstanceIdSet[]",
      "CreateNetworkInterface ecs:eni ECS::NetworkInterface response.NetworkInterfaceId",
    ],
    documented: ["Create ecs:instance ECS::Instance referenced"],
  }),
  ...alibabaRows("acs.slb", {
    documented: ["CreateLoadBalancer slb:instance SLB::LoadBalancer response.LoadBalancerId"],
  }),
  ...alibabaRows("acs.rds", {
    documented: [
      [
        "CreateDBInstance rds:instance RDS::DBInstance response.DBInstanceId",
        { dryRunPath: "requestParameters.DryRun" },
      ],
    ],
  }),
  ...alibabaRows("acs.redis", {
    documented: ["Create kvstore:instance Redis::DBInstance referenced"],
  }),
  ...alibabaRows("acs.lindorm", {
    documented: ["Create hitsdb:instance Lindorm::Instance referenced"],
  }),
  ...alibabaRows("acs.sls", {
    documented: ["CreateLogStore log:logstore SLS::LogStore referenced"],
  }),
  ...alibabaRows("acs.cr", {
    documented: ["Create cr:instance CR::Instance referenced"],
  }),
  ...alibabaRows("acs.alikafka", {
    documented: ["Create alikafka:instance AliKafka::Instance referenced"],
  }),
  ...alibabaRows("acs.mns", {
    documented: ["CreateQueue mns:queue MessageService::Queue referenced|request.QueueName"],
  }),
  ...alibabaRows("acs.elasticsearch", {
    documented: ["Create elasticsearch:instance Elasticsearch::Instance referenced"],
  }),
  ...alibabaRows("acs.maxcompute", {
    documented: ["CreateProject maxcompute:project MaxCompute::Project referenced|request.name"],
  }),
  ...alibabaRows("acs.hologram", {
    documented: ["Create hologram:instance Hologram::Instance referenced"],
  }),
  ...alibabaRows("acs.starrocks", {
    documented: ["CreateInstanceV1 starrocks:instance StarRocks::Instance referenced"],
  }),
];
