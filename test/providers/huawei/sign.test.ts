import { expect, test } from "vitest";
import { canonicalQuery } from "../../../lib/providers/canonical-query.ts";
import { authorization, sdkDate } from "../../../lib/providers/huawei/sign.ts";

const key = { accessKey: "testAK", secretKey: "testSK" };
const date = sdkDate(Date.UTC(2026, 10, 22));

test("a write with a body gets the signature that the official signer gives it", () => {
  const signed = authorization(
    {
      method: "POST",
      path: "/v5/user/07609fb9358010e21f7bc003751c7c32/tags/create",
      query: "",
      headers: {
        host: "iam.myhuaweicloud.com",
        "content-type": "application/json",
        "x-sdk-date": date,
        "x-domain-id": "d0",
      },
      body: '{"tags":[{"tag_key":"key","tag_value":"value"}]}',
    },
    key,
  );
  expect(signed).toBe(
    "SDK-HMAC-SHA256 Access=testAK, SignedHeaders=content-type;host;x-domain-id;x-sdk-date, " +
      "Signature=8baac6ed4c23cc931a2008856e258e22e2927a639e944fd44c0ffd40dd8b0e32",
  );
});

test("a query is sorted and encoded as the official signer does it", () => {
  const signed = authorization(
    {
      method: "GET",
      path: "/v5/users",
      query: canonicalQuery({ marker: "a/b=", limit: "2" }),
      headers: { host: "iam.myhuaweicloud.com", "content-type": "application/json", "x-sdk-date": date },
      body: "",
    },
    key,
  );
  expect(signed).toMatch(/Signature=5b4075c387c15123c4f787eaff4c2916b12cd1f93d963cd0122d35dd43889434$/);
});
