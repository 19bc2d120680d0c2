import {
  ListAccountsCommand,
  ListAccountsForParentCommand,
  ListOrganizationalUnitsForParentCommand,
  OrganizationsClient,
} from "@aws-sdk/client-organizations";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, test } from "vitest";
import { listOrganization } from "../../../lib/providers/aws/organization.ts";

const organizations = mockClient(OrganizationsClient);
const regions: string[] = [];
const open = async (region: string): Promise<OrganizationsClient> => {
  regions.push(region);
  return new OrganizationsClient({ region });
};
/** As Organizations writes it since September 2026: without `Status`. */
const account = (id: string, state: "ACTIVE" | "SUSPENDED" | "PENDING_CLOSURE" = "ACTIVE") => ({
  Id: id,
  State: state,
});

beforeEach(() => {
  organizations.reset();
  regions.length = 0;
});

describe("an organization", () => {
  test("is listed to its last page, without the accounts that are closed", async () => {
    organizations
      .on(ListAccountsCommand)
      .resolves({
        Accounts: [account("1"), account("2", "SUSPENDED"), account("4", "PENDING_CLOSURE")],
        NextToken: "more",
      })
      .on(ListAccountsCommand, { NextToken: "more" })
      .resolves({ Accounts: [], NextToken: "still more" })
      .on(ListAccountsCommand, { NextToken: "still more" })
      .resolves({ Accounts: [account("3")] });
    expect(await listOrganization({ fromOrganization: "all", partition: "aws" }, open)).toEqual(["1", "3"]);
    expect(organizations.commandCalls(ListAccountsCommand)).toHaveLength(3);
  });

  test("is listed from the units that are named down to the lowest, each unit once", async () => {
    organizations.on(ListAccountsForParentCommand).resolves({ Accounts: [] });
    organizations.on(ListOrganizationalUnitsForParentCommand).resolves({ OrganizationalUnits: [] });
    organizations.on(ListAccountsForParentCommand, { ParentId: "ou-a" }).resolves({ Accounts: [account("1")] });
    organizations.on(ListAccountsForParentCommand, { ParentId: "ou-b" }).resolves({ Accounts: [account("2")] });
    organizations
      .on(ListOrganizationalUnitsForParentCommand, { ParentId: "ou-a" })
      .resolves({ OrganizationalUnits: [{ Id: "ou-b" }] });
    const ids = await listOrganization({ fromOrganization: ["ou-a", "ou-b"], partition: "aws" }, open);
    expect(ids.toSorted()).toEqual(["1", "2"]);
    expect(organizations.commandCalls(ListAccountsForParentCommand)).toHaveLength(2);
  });

  test.each([
    ["aws", "us-east-1"],
    ["aws-cn", "cn-northwest-1"],
    ["aws-us-gov", "us-gov-west-1"],
  ] as const)("of the partition %s is asked for in %s", async (partition, region) => {
    organizations.on(ListAccountsCommand).resolves({});
    await listOrganization({ fromOrganization: "all", partition }, open);
    expect(regions).toEqual([region]);
  });

  test("that can't be listed is an error, not an empty one", async () => {
    organizations.on(ListAccountsCommand).rejects(new Error("AccessDenied"));
    await expect(listOrganization({ fromOrganization: "all", partition: "aws" }, open)).rejects.toThrow("AccessDenied");
  });
});
