import type { FinalOutcome } from "../../lib/core/outcome.ts";
import type { Planted } from "./planted.ts";

/** A kind of resource in one account and region. */
export interface ScenarioPlace {
  readonly type: string;
  readonly account: string;
  readonly region: string;
  /** The most tags that a resource of this kind can carry. */
  readonly tagsPerResource: number;
  /** The longest value that a tag of this kind can have, where that is little. */
  readonly longestValue?: number;
  /** Whether nothing of this kind carries tags, whatever the case. */
  readonly takesNoTags?: true;
  /** The id of the resource that has this name. */
  readonly id: (name: string) => string;
  /** Where the account or the type decides, whatever the resource is like. */
  readonly expected?: FinalOutcome;
  /** The code of that outcome, where it has to be this one. */
  readonly expectedCode?: string;
  /** What is so of all that is here, where that says more than what each is like. */
  readonly planted?: Planted;
}

const ALIBABA_TYPES = [
  "alibaba:apigateway:apiGroup",
  "alibaba:apigateway:plugin",
  "alibaba:apigateway:app",
  "alibaba:apigateway:api",
  "alibaba:vpcipam:IPAM",
  "alibaba:vpcipam:IPAMSCOPE",
  "alibaba:vpcipam:IPAMPOOL",
];
const IPAM_PREFIX = new Map([
  ["alibaba:vpcipam:IPAM", "ipam-"],
  ["alibaba:vpcipam:IPAMSCOPE", "ipam-scope-"],
  ["alibaba:vpcipam:IPAMPOOL", "ipam-pool-"],
]);

const alibaba: readonly ScenarioPlace[] = ["cn-hangzhou", "cn-beijing"].flatMap((region) =>
  ALIBABA_TYPES.map((type) => ({
    type,
    account: "111122223333",
    region,
    tagsPerResource: 20,
    id: (name: string) => `${IPAM_PREFIX.get(type) ?? ""}${name}`,
  })),
);

/** What has no row of its own and is served by the Tag service, of the kinds whose creating calls are known for certain. */
const TAG_SERVICE_PREFIX: Readonly<Record<string, string>> = {
  "alibaba:alikafka:instance": "alikafka-",
  "alibaba:cr:instance": "cri-",
  "alibaba:ecs:eni": "eni-",
  "alibaba:ecs:instance": "i-",
  "alibaba:elasticsearch:instance": "es-",
  "alibaba:hitsdb:instance": "ld-",
  "alibaba:hologram:instance": "hgpost-",
  "alibaba:kvstore:instance": "r-",
  "alibaba:log:logstore": "app/",
  "alibaba:rds:instance": "rm-",
  "alibaba:slb:instance": "lb-",
};

const alibabaTagService: readonly ScenarioPlace[] = Object.entries(TAG_SERVICE_PREFIX).map(([type, prefix], index) => ({
  type,
  account: "111122223333",
  region: index % 3 === 0 ? "cn-beijing" : "cn-hangzhou",
  tagsPerResource: 20,
  id: (name) => prefix + name,
}));

/** What exists and can't be tagged: one in a call would have the whole call refused. */
const alibabaUntaggable: ScenarioPlace = {
  type: "alibaba:mns:queue",
  account: "111122223333",
  region: "cn-hangzhou",
  tagsPerResource: 20,
  takesNoTags: true,
  id: (name) => name,
  expected: "not-applicable",
  planted: "a kind that takes no tags",
};

/** An account whose configuration says `mode: report`. */
const alibabaReport: readonly ScenarioPlace[] = ["alibaba:apigateway:apiGroup", "alibaba:vpcipam:IPAM"].map((type) => ({
  type,
  account: "222233334444",
  region: "cn-hangzhou",
  tagsPerResource: 20,
  id: (name) => `${IPAM_PREFIX.get(type) ?? ""}report-${name}`,
  planted: "in an account that only reports",
}));

const huawei: readonly ScenarioPlace[] = [
  ...["huawei:iam:user", "huawei:iam:agency"].map((type) => ({
    type,
    account: "d0001",
    region: "global",
    tagsPerResource: 20,
    id: (name: string) => name,
  })),
  ...["cn-north-4", "cn-east-3"].map((region) => ({
    type: "huawei:apig:instance",
    account: "d0001",
    region,
    tagsPerResource: 20,
    id: (name: string) => name,
  })),
];

/** What has no row of its own and is served by TMS, of the kinds whose creating calls are imitated. */
const TMS_PREFIX: Readonly<Record<string, string>> = {
  "huawei:cbr:vault": "vault-",
  "huawei:dcs:redis": "dcs-",
  "huawei:dms:kafkas": "kafka-",
  "huawei:ecs:cloudservers": "server-",
  "huawei:er:instances": "er-",
  "huawei:evs:volumes": "disk-",
  "huawei:kms:keys": "key-",
  "huawei:obs:buckets": "bucket-",
  "huawei:rds:instances": "rds-",
  "huawei:smn:topic": "urn:smn:cn-north-4:p0001:",
  "huawei:vpc:vpcs": "vpc-",
};

const huaweiTms: readonly ScenarioPlace[] = Object.entries(TMS_PREFIX).map(([type, prefix], index) => ({
  type,
  account: "d0001",
  region: index % 3 === 0 ? "cn-east-3" : "cn-north-4",
  tagsPerResource: 10,
  longestValue: 43,
  id: (name) => prefix + name,
}));

/** What exists and has no name at TMS. */
const huaweiUntaggable: ScenarioPlace = {
  type: "huawei:cce:nodes",
  account: "d0001",
  region: "cn-north-4",
  tagsPerResource: 10,
  takesNoTags: true,
  id: (name) => `node-${name}`,
  expected: "not-applicable",
  planted: "a kind that takes no tags",
};

/** An account whose credentials may not touch gateways: their events come back until they are dead letters. */
const huaweiDenied: ScenarioPlace = {
  type: "huawei:apig:instance",
  account: "d0002",
  region: "cn-north-4",
  tagsPerResource: 20,
  id: (name) => `denied-${name}`,
  expected: "failed",
  planted: "in an account that denies access",
};

const AWS_ACCOUNT = "444455556666";
const AWS_ARNS: ReadonlyMap<string, (region: string, name: string) => string> = new Map([
  ["aws:ec2:instance", (region, name) => `arn:aws:ec2:${region}:${AWS_ACCOUNT}:instance/i-${name}`],
  ["aws:ec2:volume", (region, name) => `arn:aws:ec2:${region}:${AWS_ACCOUNT}:volume/vol-${name}`],
  ["aws:ec2:security-group", (region, name) => `arn:aws:ec2:${region}:${AWS_ACCOUNT}:security-group/sg-${name}`],
  ["aws:s3:bucket", (_, name) => `arn:aws:s3:::${name}`],
  ["aws:sqs:queue", (region, name) => `arn:aws:sqs:${region}:${AWS_ACCOUNT}:${name}`],
  ["aws:lambda:function", (region, name) => `arn:aws:lambda:${region}:${AWS_ACCOUNT}:function:${name}`],
  ["aws:dynamodb:table", (region, name) => `arn:aws:dynamodb:${region}:${AWS_ACCOUNT}:table/${name}`],
  ["aws:rds:db", (region, name) => `arn:aws:rds:${region}:${AWS_ACCOUNT}:db:${name}`],
]);

const aws: readonly ScenarioPlace[] = [
  ...["us-east-1", "eu-west-1"].flatMap((region) =>
    [...AWS_ARNS].map(([type, arn]) => ({
      type,
      account: AWS_ACCOUNT,
      region,
      tagsPerResource: 50,
      id: (name: string) => arn(region, name),
    })),
  ),
  {
    type: "aws:cloudfront:distribution",
    account: AWS_ACCOUNT,
    region: "global",
    tagsPerResource: 50,
    id: (name) => `arn:aws:cloudfront::${AWS_ACCOUNT}:distribution/${name}`,
  },
];

/** What no tag listing shows, so that it is read through its own service. */
const awsNative = (account: string, prefix: string): readonly Omit<ScenarioPlace, "expected">[] =>
  [
    ...["role", "user"].map((kind) => ({
      type: `aws:iam:${kind}`,
      region: "global",
      id: (name: string) => `arn:aws:iam::${account}:${kind}/${name}`,
    })),
    {
      type: "aws:autoscaling:autoScalingGroup",
      region: "us-east-1",
      id: (name: string) =>
        `arn:aws:autoscaling:us-east-1:${account}:autoScalingGroup:0a1b2c3d-0000-4000-8000-000000000001:autoScalingGroupName/${prefix}${name}`,
    },
  ].map((place) => ({ ...place, account, tagsPerResource: 50 }));

/** An account whose role may list these and not read their tags: their events come back until they are dead letters. */
const awsDenied: readonly ScenarioPlace[] = awsNative("555566667777", "denied-").map((place) => ({
  ...place,
  expected: "failed",
  expectedCode: "AccessDenied",
  planted: "tags that our role may not read",
}));

export const SCENARIO_PLACES: readonly ScenarioPlace[] = [
  ...alibaba,
  ...alibabaTagService,
  alibabaUntaggable,
  ...alibabaReport,
  ...huawei,
  ...huaweiTms,
  huaweiUntaggable,
  huaweiDenied,
  ...aws,
  ...awsNative(AWS_ACCOUNT, ""),
  ...awsDenied,
];

/** Whether the account's configuration forbids writing. */
export function isReportPlace(place: ScenarioPlace): boolean {
  return place.account === "222233334444";
}
