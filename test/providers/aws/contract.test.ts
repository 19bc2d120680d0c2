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
