import { providerContract } from "../contract.ts";
import { emulatedSubject } from "../emulated-subject.ts";

providerContract("aws:*:*", () =>
  emulatedSubject({
    type: "aws:*:*",
    createdAs: "aws:ec2:instance",
    region: "us-east-1",
    id: (n) => `arn:aws:ec2:us-east-1:444455556666:instance/i-${String(n).padStart(8, "0")}`,
  }),
);
