import { expect, test } from "vitest";
import { canonicalQuery } from "../../../lib/providers/canonical-query.ts";
import { authorization, EMPTY_BODY_SHA256 } from "../../../lib/providers/alibaba/sign.ts";

test("the documentation's own example gets the documented signature", () => {
  const signed = authorization(
    {
      method: "POST",
      path: "/",
      query: canonicalQuery({
        RegionId: "cn-shanghai",
        ImageId: "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd",
      }),
      headers: {
        host: "ecs.cn-shanghai.aliyuncs.com",
        "x-acs-action": "RunInstances",
        "x-acs-content-sha256": EMPTY_BODY_SHA256,
        "x-acs-date": "2023-10-26T10:22:32Z",
        "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
        "x-acs-version": "2014-05-26",
      },
    },
    { accessKeyId: "YourAccessKeyId", accessKeySecret: "YourAccessKeySecret" },
  );
  expect(signed).toBe(
    "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;" +
      "x-acs-signature-nonce;x-acs-version,Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0",
  );
});

test("Chinese text, spaces and empty values get the signature that openapi-core gives them", () => {
  const query = canonicalQuery({
    ResourceType: "apiGroup",
    "ResourceId.1": "a1",
    "ResourceId.2": "b2",
    "Tag.1.Key": "env",
    "Tag.1.Value": "prod x",
    "Tag.2.Key": "中文",
    "Tag.2.Value": "",
    All: "true",
  });
  const headers = {
    host: "apigateway.cn-hangzhou.aliyuncs.com",
    "x-acs-version": "2016-07-14",
    "x-acs-action": "TagResources",
    "x-acs-date": "2026-11-22T00:00:00Z",
    "x-acs-signature-nonce": "nonce-0001",
    "x-acs-content-sha256": EMPTY_BODY_SHA256,
  };
  const key = { accessKeyId: "testAK", accessKeySecret: "testSK" };
  expect(authorization({ method: "POST", path: "/", query, headers }, key)).toMatch(
    /Signature=01583c9fdb1b6929768292089e1cd979c57f13678835188b0846b951a41cfe89$/,
  );
});
