import { describe, expect, test } from "vitest";
import { nameSlip } from "../../../lib/core/slips/names.ts";

describe("a name", () => {
  test.each(["aws:ec2:*", "us-east-1", "111122223333", "*", ",", "cn-north-4,"])("%s is one", (name) => {
    expect(nameSlip(name)).toBeUndefined();
  });

  test.each([
    ["aws:ec2:*, aws:s3:*", '"aws:ec2:*, aws:s3:*" holds 2 in one text: write a list, ["aws:ec2:*", "aws:s3:*"]'],
    ["a;b，c、d", '"a;b，c、d" holds 4 in one text: write a list, ["a", "b", "c", "d"]'],
    ["aws：ec2：*", '"aws：ec2：*" has a ： of full width: write "aws:ec2:*"'],
    ["１１１１２２２２３３３３", '"１１１１２２２２３３３３" has a １ of full width: write "111122223333"'],
  ])("%s is none", (name, says) => expect(nameSlip(name)).toBe(says));
});
