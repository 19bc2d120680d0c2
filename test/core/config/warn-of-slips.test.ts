import { expect, test } from "vitest";
import { parseConfigFile } from "../../../lib/core/config/schema.ts";

const ROLE = "arn:aws-cn:iam::444455556666:role/tagwarden";

function warningsOf(account: string, roleArn: string): readonly string[] {
  const text = `accounts:
  - provider: aws
    account: "${account}"
    partition: aws-cn
    regions: [cn-north-1]
    credentials: { roleArn: "${roleArn}" }
`;
  return parseConfigFile("config.yaml", text, { served: [] }).warnings;
}

test("a role of the account in its partition is nothing to warn of", () => {
  expect(warningsOf("444455556666", ROLE)).toEqual([]);
});

test.each([
  ["another account", ROLE.replace("4444", "1111"), "the role is of the account 111155556666"],
  [
    "another partition",
    ROLE.replace("aws-cn", "aws"),
    "the role is of the partition aws, and this entry is for aws-cn",
  ],
  ["a user", ROLE.replace("role", "user"), "is no ARN of a role: write arn:aws-cn:iam::444455556666:role/NAME"],
])("a role of %s is warned of", (_, roleArn, said) => {
  expect(warningsOf("444455556666", roleArn)).toEqual([expect.stringContaining(said)]);
});

test("what nobody sees in an account's id is shown, and the id without it", () => {
  expect(warningsOf("444455556666\u200b", ROLE)).toEqual([
    `config.yaml:3:14: "444455556666\\u{200b}" is no account id: write it without what can't be seen, "444455556666"`,
  ]);
});
