import { providerContract } from "../contract.ts";
import { emulatedSubject } from "../emulated-subject.ts";

providerContract("aws:*:*", () =>
  emulatedSubject({
    type: "aws:*:*",
    createdAs: "aws:ec2:instance",
    region: "us-east-1",
    wire: {
      listing: "tags",
      tokens: true,
      page: ({ ids, next = "" }) => ({
        PaginationToken: next,
        ResourceTagMappingList: ids.map((ResourceARN) => ({ ResourceARN, Tags: [{ Key: "any", Value: "v" }] })),
      }),
    },
    id: (n) => `arn:aws:ec2:us-east-1:444455556666:instance/i-${String(n).padStart(8, "0")}`,
  }),
);
