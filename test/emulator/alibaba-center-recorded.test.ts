import { describe, expect, it } from "vitest";
import type { EmulatedResource } from "../../local/emulator/emulated-resource.ts";
import { emulate } from "./emulate.ts";
import { recordedRequests, sendRecorded, type Recorded } from "./recorded.ts";

const request = recordedRequests("alibaba-resource-center");

const MANAGEMENT = "1111222233334444";
const MEMBER = "1234567890123456";
const at = { account: MEMBER, region: "cn-hangzhou" };
const owned: EmulatedResource = { ...at, type: "alibaba:vpc:vpc", id: "vpc-1", tags: { owner: "x" } };
const bare: EmulatedResource = { ...at, type: "alibaba:ecs:instance", id: "i-1" };
const other: EmulatedResource = { ...at, type: "alibaba:slb:instance", id: "lb-1" };

async function replay(recorded: Recorded, account: string) {
  const emulator = await emulate([owned, bare, other], {
    directory: { management: MANAGEMENT, members: [{ account: MEMBER }] },
  });
  return sendRecorded(recorded, emulator, account);
}

describe("a recorded request", () => {
  it("SearchResources finds what lacks the tag, once its token, which another cloud gave, is left out", async () => {
    const search = request("SearchResources");
    expect(await replay(search, MEMBER)).toMatchObject({ status: 400, body: { Code: "InvalidParameter.NextToken" } });
    const first = { ...search, url: search.url.replace(/NextToken=[^&]+&/, "") };
    const row = { AccountId: MEMBER, RegionId: "cn-hangzhou", ResourceType: "ACS::ECS::Instance", ResourceId: "i-1" };
    expect(await replay(first, MEMBER)).toMatchObject({
      status: 200,
      body: { Resources: [{ ...row, Tags: [] }], MaxResults: 500 },
    });
  });

  it("GetResourceCounts counts by type", async () => {
    expect(await replay(request("GetResourceCounts"), MEMBER)).toEqual({
      status: 200,
      body: {
        ResourceCounts: [
          { GroupName: "ACS::VPC::VPC", Count: 1 },
          { GroupName: "ACS::ECS::Instance", Count: 1 },
          { GroupName: "ACS::SLB::LoadBalancer", Count: 1 },
        ],
      },
    });
  });

  it("ListResourceTypes names the Tag service's codes", async () => {
    const { status, body } = await replay(request("ListResourceTypes"), MEMBER);
    expect([status, body["ResourceTypes"]]).toEqual([
      200,
      expect.arrayContaining([
        { ResourceType: "ACS::ACK::Cluster", CodeMapping: { ResourceGroup: "cs.cluster", Tag: "cs.cluster" } },
      ]),
    ]);
  });

  it("ListAccounts names the members", async () => {
    expect(await replay(request("ListAccounts"), MANAGEMENT)).toMatchObject({
      status: 200,
      body: { Accounts: { Account: [{ AccountId: MEMBER, Status: "CreateSuccess" }] }, TotalCount: 1 },
    });
  });

  it("AssumeRole gives a key of the member", async () => {
    expect(await replay(request("AssumeRole"), MANAGEMENT)).toMatchObject({
      status: 200,
      body: {
        AssumedRoleUser: { Arn: `acs:ram::${MEMBER}:assumed-role/resourcedirectoryaccountaccessrole/tagwarden` },
        Credentials: { SecurityToken: expect.any(String) as string },
      },
    });
  });
});
