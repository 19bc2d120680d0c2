import { describe, expect, test } from "vitest";
import type { AccountConfig } from "../../lib/core/config/config.ts";
import { ProviderError } from "../../lib/core/errors.ts";
import type { ClientDeps } from "../../lib/providers/client-deps.ts";
import { createProvider } from "../../lib/providers/index.ts";
import { alibabaAccount, awsAccount, deps, huaweiAccount } from "./accounts.ts";

const alibaba: AccountConfig = { ...alibabaAccount, credentials: { accessKeyId: "id", accessKeySecret: "secret" } };
const huawei: AccountConfig = { ...huaweiAccount, credentials: { accessKey: "id", secretKey: "secret" } };
const aws: AccountConfig = { ...awsAccount, credentials: { accessKeyId: "id", secretAccessKey: "secret" } };

const page = { TagResources: { TagResource: [] }, ResourceTagMappingList: [], RequestId: "r", tags: [] };
const refusal = { Code: "InvalidAccessKeyId.NotFound", error_code: "APIGW.0301", __type: "InvalidClientTokenId" };

/** A provider whose cloud takes one key, and where the key is kept: what is read of it is up to a minute old. */
function world(account: AccountConfig) {
  const state = { now: 0, kept: "first", read: "first", taken: "first", freshReads: 0, calls: [] as string[] };
  const own: ClientDeps = {
    clock: { ...deps.clock, now: () => state.now },
    credential: async (_, isFresh = false) => {
      if (isFresh) [state.read, state.freshReads] = [state.kept, state.freshReads + 1];
      return state.read;
    },
    send: async ({ headers }) => {
      const key = /(?:Credential|Access)=([a-z]+)/.exec(headers["authorization"] ?? "")?.[1] ?? "none";
      state.calls.push(key);
      const isTaken = key === state.taken;
      // The answers of all that are under way come together.
      await new Promise((resolve) => setImmediate(resolve));
      const code = account.provider === "alibaba" ? 404 : account.provider === "aws" ? 400 : 401;
      return { status: isTaken ? 200 : code, headers: {}, body: JSON.stringify(isTaken ? page : refusal) };
    },
  };
  const provider = createProvider(account, own);
  const [type, region, ids] =
    account.provider === "alibaba"
      ? ["alibaba:apigateway:apiGroup", "cn-hangzhou", ["g1"]]
      : account.provider === "aws"
        ? ["aws:sqs:queue", "us-east-1", ["arn:aws:sqs:us-east-1:444455556666:q"]]
        : ["huawei:apig:instance", "cn-north-4", ["i-1"]];
  const call = async (): Promise<string> => {
    try {
      await provider.listTagResources({ type, region, ids }, undefined);
      return "ok";
    } catch (error) {
      if (error instanceof ProviderError) return error.kind;
      throw error;
    }
  };
  const rotate = (): void => {
    [state.kept, state.taken] = ["second", "second"];
  };
  return { state, call, rotate };
}

describe.each([
  ["Alibaba Cloud", alibaba],
  ["Huawei Cloud", huawei],
  ["AWS", aws],
])("a key of %s that is replaced while a function runs", (_, account) => {
  test("fails no call for good: the refused one may be made again, with the new key", async () => {
    const { state, call, rotate } = world(account);
    expect(await call()).toBe("ok");
    rotate();
    expect(await call()).toBe("transient");
    expect(await call()).toBe("ok");
    expect(state.calls).toEqual(["first", "first", "second"]);
  });

  test("is looked up once for all calls that were under way", async () => {
    const { state, call, rotate } = world(account);
    await call();
    rotate();
    expect(await Promise.all([call(), call(), call()])).toEqual(["transient", "transient", "transient"]);
    expect(state.freshReads).toBeLessThanOrEqual(2);
    expect(await call()).toBe("ok");
  });

  test("is an access error where the key that is kept is still the refused one", async () => {
    const { state, call } = world(account);
    await call();
    state.taken = "second";
    expect(await call()).toBe("access");
  });

  test("is looked up every 10 seconds at most, however often it is refused", async () => {
    const { state, call } = world(account);
    await call();
    state.taken = "second";
    for (let refused = 0; refused < 50; refused += 1) await call();
    // A key is made of two fields.
    expect(state.freshReads).toBe(2);
    state.now = 10_000;
    state.kept = "second";
    expect(await call()).toBe("transient");
    expect(await call()).toBe("ok");
  });
});
