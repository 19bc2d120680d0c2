import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import * as fc from "../properties.ts";
import { describe, expect, it } from "vitest";
import * as alibaba from "../../local/emulator/alibaba/signature.ts";
import * as aws from "../../local/emulator/aws/sigv4.ts";
import * as huawei from "../../local/emulator/huawei/signature.ts";

const require = createRequire(import.meta.url);
const { OpenApiUtil } = require("@alicloud/openapi-core") as typeof import("@alicloud/openapi-core");
const { AKSKSigner } =
  require("@huaweicloud/huaweicloud-sdk-core/auth/AKSKSigner.js") as typeof import("@huaweicloud/huaweicloud-sdk-core/auth/AKSKSigner.js");
const { BasicCredentials } =
  require("@huaweicloud/huaweicloud-sdk-core") as typeof import("@huaweicloud/huaweicloud-sdk-core");

const EMPTY_HASH = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9.]{0,12}$/);
const value = fc.string({ unit: "binary", maxLength: 20 }).map((text) => text.toWellFormed());
const parameters = fc.dictionary(name, value, { maxKeys: 8 });

describe("the Alibaba Cloud signatures", () => {
  it("give the documentation's version 1 example", () => {
    const example = {
      Action: "DescribeRegions",
      Format: "XML",
      Version: "2014-05-26",
      AccessKeyId: "testid",
      SignatureMethod: "HMAC-SHA1",
      SignatureVersion: "1.0",
      SignatureNonce: "3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf",
      Timestamp: "2016-02-23T12:46:24Z",
    };
    const text = alibaba.stringToSignV1("GET", Object.entries(example));
    expect(alibaba.signV1(text, "testsecret")).toBe("OLeaidS1JvxuMvnyHOwuJ+uX5qY=");
  });

  it("equal those of @alicloud/openapi-core's version 1 for any parameters", () => {
    fc.assert(
      fc.property(parameters, fc.constantFrom("GET", "POST"), (all, method) => {
        const ours = alibaba.signV1(alibaba.stringToSignV1(method, Object.entries(all)), "secret");
        expect(ours).toBe(OpenApiUtil.getRPCSignature({ ...all }, method, "secret"));
      }),
    );
  });

  it("give the documentation's version 3 example", () => {
    const headers = new Map([
      ["host", "ecs.cn-shanghai.aliyuncs.com"],
      ["x-acs-action", "RunInstances"],
      ["x-acs-content-sha256", EMPTY_HASH],
      ["x-acs-date", "2023-10-26T10:22:32Z"],
      ["x-acs-signature-nonce", "3156853299f313e23d1673dc12e1703d"],
      ["x-acs-version", "2014-05-26"],
    ]);
    const query = { ImageId: "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd", RegionId: "cn-shanghai" };
    const text = alibaba.stringToSignV3({
      method: "POST",
      path: "/",
      query: Object.entries(query),
      headers,
      signedHeaders: [...headers.keys()],
      payloadHash: EMPTY_HASH,
    });
    expect(alibaba.signV3(text, "YourAccessKeySecret")).toBe(
      "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0",
    );
  });
});

describe("the Huawei Cloud signature", () => {
  it("equals that of @huaweicloud/huaweicloud-sdk-core for any query and path", () => {
    fc.assert(
      fc.property(parameters, fc.stringMatching(/^[A-Za-z0-9-]{1,20}$/), parameters, (query, id, data) => {
        const date = "20261122T000000Z";
        const path = `/v5/user/${id}/tags/create`;
        const credential = new BasicCredentials().withAk("ak").withSk("sk");
        const headers = { "content-type": "application/json", "X-Sdk-Date": date };
        const url = `https://iam.example.com${path}`;
        const request = { endpoint: url, url, method: "POST", headers: { ...headers }, queryParams: query, data };
        const signed: Record<string, string> = AKSKSigner.sign(request, credential);
        const signedHeaders = ["content-type", "host", "x-sdk-date"];
        const text = huawei.stringToSign({
          method: "POST",
          path,
          query: Object.entries(query),
          headers: new Map([
            ["content-type", "application/json"],
            ["host", "iam.example.com"],
            ["x-sdk-date", date],
          ]),
          signedHeaders,
          date,
          payloadHash: sha256(JSON.stringify(data)),
        });
        const ours = `SDK-HMAC-SHA256 Access=ak, SignedHeaders=${signedHeaders.join(";")}, Signature=${huawei.sign(text, "sk")}`;
        expect(signed["Authorization"]).toBe(ours);
      }),
    );
  });
});

describe("the AWS signature", () => {
  it("gives the get-vanilla example of the signature's test suite", () => {
    const date = "20150830T123600Z";
    const scope = "20150830/us-east-1/service/aws4_request";
    const text = aws.stringToSign({
      method: "GET",
      path: "/",
      query: [],
      headers: new Map([
        ["host", "example.amazonaws.com"],
        ["x-amz-date", date],
      ]),
      signedHeaders: ["host", "x-amz-date"],
      date,
      scope,
      payloadHash: EMPTY_HASH,
    });
    expect(aws.sign(text, scope, "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")).toBe(
      "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
    );
  });
});
