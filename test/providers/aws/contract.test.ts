import { mixedContract } from "../contract-mixed.ts";
import { emulatedContract } from "../emulated-subject.ts";

emulatedContract({
  type: "aws:*:*",
  createdAs: "aws:ec2:instance",
  region: "us-east-1",
  wire: {
    listing: "tags",
    paging: "tokens",
    page: ({ ids, next = "" }) => ({
      PaginationToken: next,
      ResourceTagMappingList: ids.map((ResourceARN) => ({ ResourceARN, Tags: [{ Key: "any", Value: "v" }] })),
    }),
  },
  id: (n) => `arn:aws:ec2:us-east-1:444455556666:instance/i-${String(n).padStart(8, "0")}`,
});

const members = (ids: readonly string[], field: string) =>
  ids.map((id) => `<member><${field}>${id}</${field}></member>`).join("");

for (const [kind, list] of [
  ["role", "Roles"],
  ["user", "Users"],
] as const) {
  emulatedContract({
    type: `aws:iam:${kind}`,
    region: "global",
    wire: {
      listing: "inventory",
      paging: "tokens",
      page({ ids, next }) {
        const end = next === undefined ? "false" : `true</IsTruncated><Marker>${next}</Marker><IsTruncated>true`;
        const result = `<${list}>${members(ids, "Arn")}</${list}><IsTruncated>${end}</IsTruncated>`;
        return `<List${list}Response><List${list}Result>${result}</List${list}Result></List${list}Response>`;
      },
    },
    id: (n) => `arn:aws:iam::444455556666:${kind}/a/${kind}-${n}`,
  });
}

emulatedContract({
  type: "aws:autoscaling:autoScalingGroup",
  region: "us-east-1",
  wire: {
    listing: "inventory",
    paging: "tokens",
    page({ ids, next }) {
      const name = "DescribeAutoScalingGroups";
      const token = next === undefined ? "" : `<NextToken>${next}</NextToken>`;
      const groups = `<AutoScalingGroups>${members(ids, "AutoScalingGroupARN")}</AutoScalingGroups>`;
      return `<${name}Response><${name}Result>${groups}${token}</${name}Result></${name}Response>`;
    },
  },
  id: (n) => `arn:aws:autoscaling:us-east-1:444455556666:autoScalingGroup:0a-${n}:autoScalingGroupName/g ${n}`,
});

const arnOf = (rest: string) => (n: number) => `arn:aws:${rest}${String(n).padStart(8, "0")}`;
mixedContract({
  type: "aws:*:*",
  region: "us-east-1",
  kinds: [
    { type: "aws:ec2:instance", id: arnOf("ec2:us-east-1:444455556666:instance/i-") },
    { type: "aws:ec2:volume", id: arnOf("ec2:us-east-1:444455556666:volume/i-") },
    { type: "aws:lambda:function", id: arnOf("lambda:us-east-1:444455556666:function:i-") },
    { type: "aws:s3:bucket", id: arnOf("s3:::i-") },
  ],
  elsewhere: [],
  faultsGoBy: "name",
});
