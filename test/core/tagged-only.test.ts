import { describe, expect, test } from "vitest";
import { isTaggedOnly } from "../../lib/core/tagged-only.ts";
import { apiGatewayContract } from "../../lib/providers/alibaba/contract.ts";
import { resourceGroupsTaggingContract as awsContract } from "../../lib/providers/aws/contract.ts";
import { withInventory } from "../../lib/providers/aws/inventory.ts";

describe("an audit of all AWS types sees only what carries a tag, or did,", () => {
  test("where no inventory is configured", () => {
    expect(isTaggedOnly("aws:*:*", awsContract)).toBe(true);
    expect(isTaggedOnly("aws:*:*", awsContract, ["aws:ec2:*"])).toBe(true);
    expect(isTaggedOnly("aws:*:*", awsContract, ["aws:iam:*"])).toBe(true);
  });

  test.each(["config", "resource-explorer"] as const)("and not with the inventory %s", (inventory) => {
    expect(isTaggedOnly("aws:*:*", withInventory(awsContract, inventory))).toBe(false);
  });

  test("and not where all that is asked for has an inventory of its own", () => {
    expect(isTaggedOnly("aws:*:*", awsContract, ["aws:iam:role", "aws:iam:user"])).toBe(false);
    expect(isTaggedOnly("aws:*:*", awsContract, ["aws:iam:role", "aws:ec2:instance"])).toBe(true);
  });

  test("and not where other clouds are asked for beside such types", () => {
    expect(isTaggedOnly("aws:*:*", awsContract, ["aws:iam:role", "huawei:*"])).toBe(false);
  });
});

test("an audit of a type that is listed by its own service sees all of it", () => {
  for (const type of apiGatewayContract.types) expect(isTaggedOnly(type, apiGatewayContract)).toBe(false);
});
