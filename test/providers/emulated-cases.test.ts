import { afterAll, beforeAll, expect, test } from "vitest";
import type {
  AlibabaAccountConfig,
  AwsAccountConfig,
  Config,
  HuaweiAccountConfig,
} from "../../lib/core/config/config.ts";
import { createProvider } from "../../lib/providers/index.ts";
import { startEmulator, type Emulator } from "../../local/emulator/start.ts";
import { deps } from "./accounts.ts";

let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator({ regions: { aws: ["us-east-1", "eu-west-1"] } });
});
afterAll(() => emulator.close());

function accountOf<Provider extends "alibaba" | "huawei" | "aws">(provider: Provider) {
  const { accounts } = emulator.config() as Config;
  const account = accounts.find((one) => one.provider === provider);
  return account as { alibaba: AlibabaAccountConfig; huawei: HuaweiAccountConfig; aws: AwsAccountConfig }[Provider];
}
const tags = new Map([["owner", "team-a"]]);
const temporaryKey = (provider: "alibaba" | "huawei" | "aws", account: string) =>
  emulator.description[provider].accounts[account]?.temporary ?? {};

test("a legacy agency is not taggable, and the inventory says so too", async () => {
  const account = accountOf("huawei");
  const ref = { type: "huawei:iam:agency", account: account.account, region: "global" };
  emulator.world.create({ ...ref, id: "agency-legacy", legacy: true });
  const provider = createProvider(account, deps);
  await expect(provider.tagResources({ ...ref, resourceIds: ["agency-legacy"], tags })).rejects.toMatchObject({
    code: "PAP5.0038",
    kind: "not-taggable",
    resourceId: "agency-legacy",
  });
  const { resources } = await provider.listInventory("global", ref.type, undefined);
  expect(resources.find(({ id }) => id === "agency-legacy")?.notTaggable).toContain("legacy");
});

test("a token opens Huawei Cloud as a key pair does", async () => {
  const account = accountOf("huawei");
  const ref = { type: "huawei:iam:user", account: account.account, region: "global" };
  emulator.world.create({ ...ref, id: "user-by-token" });
  const provider = createProvider({ ...account, credentials: { token: emulator.description.huawei.token } }, deps);
  await provider.tagResources({ ...ref, resourceIds: ["user-by-token"], tags });
  expect(emulator.world.get({ ...ref, id: "user-by-token" })?.tags).toEqual({ owner: "team-a" });
});

test("temporary keys open all three clouds, with their token and not without", async () => {
  const [alibaba, huawei, aws] = [accountOf("alibaba"), accountOf("huawei"), accountOf("aws")];
  const cases = [
    {
      account: alibaba,
      keys: temporaryKey("alibaba", alibaba.account),
      token: "securityToken",
      ref: { type: "alibaba:vpcipam:IPAM", region: "cn-hangzhou", id: "ipam-temporary" },
    },
    {
      account: huawei,
      keys: temporaryKey("huawei", huawei.account),
      token: "securityToken",
      ref: { type: "huawei:apig:instance", region: "cn-north-4", id: "instance-temporary" },
    },
    {
      account: aws,
      keys: temporaryKey("aws", aws.account),
      token: "sessionToken",
      ref: { type: "aws:s3:bucket", region: "us-east-1", id: "arn:aws:s3:::temporary" },
    },
  ];
  for (const { account, keys, token, ref } of cases) {
    emulator.world.create({ ...ref, account: account.account });
    const batch = { type: ref.type, region: ref.region, account: account.account, resourceIds: [ref.id], tags };
    const { [token]: _left, ...withoutToken } = keys;
    const open = (credentials: object) => createProvider({ ...account, credentials } as typeof account, deps);
    await expect(open(withoutToken).tagResources(batch)).rejects.toMatchObject({ kind: "access" });
    const { succeeded } = await open(keys).tagResources(batch);
    expect(succeeded).toEqual([ref.id]);
  }
});

test("a global AWS resource is written and read as region global", async () => {
  const account = accountOf("aws");
  const id = `arn:aws:iam::${account.account}:policy/p1`;
  emulator.world.create({ type: "aws:iam:policy", account: account.account, region: "global", id });
  const provider = createProvider(account, deps);
  const where = { type: "aws:*:*", region: "global" };
  await provider.tagResources({ ...where, account: account.account, resourceIds: [id], tags });
  const { rows } = await provider.listTagResources({ ...where, ids: [id] }, undefined);
  expect(rows).toEqual([{ id, type: "aws:iam:policy", tags }]);
});
