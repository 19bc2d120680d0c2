import { describe, expect, test } from "vitest";
import { pages } from "../../../lib/app/cloud/pages.ts";
import { ProviderError, type ErrorKind } from "../../../lib/core/errors.ts";
import { alibabaProvider } from "../../../lib/providers/alibaba/provider.ts";
import { alibabaAccount, deps } from "../accounts.ts";
import { recordingServer, type Answer } from "../recording-server.ts";

const region = "cn-hangzhou";
const batch = {
  type: "alibaba:apigateway:apiGroup",
  account: alibabaAccount.account,
  region,
  resourceIds: ["group-1", "group-10"],
  tags: new Map([["owner", "a"]]),
};

/** What a TagResources call makes of an answer. */
async function errorFor(answer: Answer): Promise<ProviderError> {
  await using server = await recordingServer(answer);
  const provider = alibabaProvider({ ...alibabaAccount, endpoints: { "*": server.origin } }, deps);
  const result: unknown = await provider.tagResources(batch).catch((error: unknown) => error);
  if (result instanceof ProviderError) return result;
  throw new Error("the call should have failed");
}

const refusal = (status: number, Code: string, Message = "no"): Answer => ({
  status,
  body: JSON.stringify({ RequestId: "R1", HostId: "h", Code, Message }),
});

describe("refusals of Alibaba Cloud", () => {
  test("an error inside a 200 is an error", async () => {
    expect(await errorFor(refusal(200, "Throttling.User"))).toMatchObject({ kind: "throttled", httpStatus: 200 });
  });

  test("the retry hint is read in milliseconds", async () => {
    const answer = { ...refusal(400, "Throttling.User"), headers: { "x-acs-retry-after": "1500" } };
    expect((await errorFor(answer)).retryAfterMs).toBe(1500);
  });

  test("the resource that a message names is named, and not one whose id begins like it", async () => {
    const error = await errorFor(refusal(400, "InvalidResourceId.NotFound", "The resource group-10 is not found."));
    expect(error.resourceId).toBe("group-10");
  });

  test("a message that names several resources names none", async () => {
    const error = await errorFor(refusal(400, "InvalidResourceId.NotFound", "group-1, group-10 are not found"));
    expect(error.resourceId).toBeUndefined();
  });

  test("what was signed is not quoted, nor is a key in any message", async () => {
    const signed = await errorFor(
      refusal(400, "SignatureDoesNotMatch", "server string to sign is: POST key-of-alibaba"),
    );
    expect(signed.message).not.toContain("string to sign");
    const other = await errorFor(refusal(403, "NoPermission", "key-of-alibaba may not do this"));
    expect(other.message).not.toContain("key-of-alibaba");
  });
});

describe("answers that are none", () => {
  const CASES: readonly [what: string, answer: Answer, kind: ErrorKind, ambiguous: boolean][] = [
    ["HTML with 200", { body: "<html>portal</html>" }, "transient", true],
    ["HTML with 502", { status: 502, body: "<html>bad gateway</html>" }, "transient", true],
    ["HTML with 403", { status: 403, body: "<html>blocked</html>" }, "transient", false],
    ["HTML with 404", { status: 404, body: "<html>nothing here</html>" }, "transient", false],
    ["HTML with 407", { status: 407, body: "<html>who are you?</html>" }, "transient", false],
    ["an empty body", { body: "" }, "transient", true],
    ["an empty 503", { status: 503, body: "" }, "transient", true],
    ["an object without a request id", { body: '{"hello":"world"}' }, "transient", true],
    ["a list", { body: "[]" }, "transient", true],
    ["HTML with 429", { status: 429, body: "<html>slow down</html>" }, "throttled", false],
    ["a 429 without a code", { status: 429, body: "{}" }, "throttled", false],
    ["an empty 408", { status: 408, body: "" }, "transient", false],
    ["a redirect", { status: 302, headers: { location: "http://127.0.0.1:9/" }, body: "" }, "transient", false],
    ["a 500 without a code", { status: 500, body: "{}" }, "transient", true],
  ];
  for (const [what, answer, kind, ambiguous] of CASES) {
    test(`${what} is UnexpectedResponse, ${kind}`, async () => {
      const error = await errorFor(answer);
      expect(error).toMatchObject({ code: "UnexpectedResponse", kind, ambiguous, httpStatus: answer.status ?? 200 });
    });
  }
});

test("a retry hint beside an answer that is none is heeded", async () => {
  const error = await errorFor({ status: 429, headers: { "retry-after": "3" }, body: "<html>slow down</html>" });
  expect(error.retryAfterMs).toBe(3000);
});

describe("listings of Alibaba Cloud", () => {
  async function listed(type: string, answers: readonly string[]) {
    await using server = await recordingServer(() => ({ body: answers[server.requests.length - 1] ?? "" }));
    const provider = alibabaProvider({ ...alibabaAccount, endpoints: { "*": server.origin } }, deps);
    const rows: string[] = [];
    for await (const page of pages((token) => provider.listTagResources({ type, region, ids: ["a", "b"] }, token))) {
      for (const { id, tags } of page.rows) for (const [key, value] of tags) rows.push(`${id} ${key}=${value}`);
    }
    return { rows, tokens: server.requests.map(({ query }) => query.get("NextToken")) };
  }
  const row = (ResourceId: string, TagKey: string) => ({ ResourceId, ResourceType: "x", TagKey, TagValue: "v" });
  const nested = (rows: readonly object[], NextToken: string | null) =>
    JSON.stringify({ RequestId: "R", NextToken, TagResources: { TagResource: rows } });
  const flat = (rows: readonly object[], NextToken?: string) =>
    JSON.stringify({ RequestId: "R", NextToken, TagResources: rows });

  for (const end of ["-1", "", null]) {
    test(`a listing of API Gateway ends at ${JSON.stringify(end)}, past an empty page`, async () => {
      const answers = [nested([row("a", "k1")], "t1"), nested([], "t2"), nested([row("a", "k2"), row("b", "k1")], end)];
      const { rows, tokens } = await listed("alibaba:apigateway:apiGroup", answers);
      expect(rows).toEqual(["a k1=v", "a k2=v", "b k1=v"]);
      expect(tokens).toEqual([undefined, "t1", "t2"]);
    });
  }

  test("a listing of IPAM has flat rows and ends without a token, past an empty page", async () => {
    const answers = [flat([row("a", "k1")], "t1"), flat([], "t2"), flat([row("b", "k1")])];
    expect((await listed("alibaba:vpcipam:IPAM", answers)).rows).toEqual(["a k1=v", "b k1=v"]);
  });

  test("a token that repeats is an error", async () => {
    const again = flat([row("a", "k1")], "t1");
    await expect(listed("alibaba:vpcipam:IPAM", [again, again, again])).rejects.toMatchObject({
      code: "RepeatedToken",
    });
  });

  test("rows of another shape are an error and no end", async () => {
    await expect(listed("alibaba:apigateway:apiGroup", [flat([row("a", "k1")])])).rejects.toMatchObject({
      code: "UnexpectedResponse",
    });
  });
});

describe("values of Alibaba Cloud", () => {
  async function valueOf(TagValue: unknown) {
    const rows = [{ ResourceId: "a", ResourceType: "x", TagKey: "k", TagValue }];
    await using server = await recordingServer({ body: JSON.stringify({ TagResources: rows }) });
    const provider = alibabaProvider({ ...alibabaAccount, endpoints: { "*": server.origin } }, deps);
    const page = await provider.listTagResources({ type: "alibaba:vpcipam:IPAM", region, ids: ["a"] }, undefined);
    return page.rows[0]?.tags.get("k");
  }

  test("a value that is left out or null is the empty one", async () => {
    expect(await valueOf(undefined)).toBe("");
    expect(await valueOf(null)).toBe("");
  });

  test("a value that is no text is an error, for a blank one could be written over", async () => {
    await expect(valueOf(5)).rejects.toMatchObject({ code: "UnexpectedResponse" });
    await expect(valueOf({ text: "v" })).rejects.toMatchObject({ code: "UnexpectedResponse" });
  });
});

describe("inventories of Alibaba Cloud", () => {
  const group = (GroupId: string) => ({ GroupId, Tags: { TagInfo: [] } });
  const page = (groups: readonly object[], TotalCount: number) =>
    JSON.stringify({ RequestId: "R", TotalCount, ApiGroupAttributes: { ApiGroupAttribute: groups } });
  async function inventory(answers: readonly string[]) {
    await using server = await recordingServer(() => ({ body: answers[server.requests.length - 1] ?? "" }));
    const provider = alibabaProvider({ ...alibabaAccount, endpoints: { "*": server.origin } }, deps);
    const ids: string[] = [];
    for await (const { resources } of pages((token) =>
      provider.listInventory(region, "alibaba:apigateway:apiGroup", token),
    )) {
      ids.push(...resources.map(({ id }) => id));
    }
    return { ids, numbers: server.requests.map(({ query }) => query.get("PageNumber")) };
  }

  test("a page that is empty but not last doesn't end it: the total does", async () => {
    const { ids, numbers } = await inventory([page([group("a")], 101), page([], 101), page([group("b")], 101)]);
    expect(ids).toEqual(["a", "b"]);
    expect(numbers).toEqual(["1", "2", "3"]);
  });

  test("where rows vanished meanwhile, a page is read again and none is passed over", async () => {
    const { numbers } = await inventory([page([group("a")], 101), page([group("b")], 100), page([group("b")], 100)]);
    expect(numbers).toEqual(["1", "2", "2"]);
  });

  test("each page says how many there are in all", async () => {
    await using server = await recordingServer({ body: page([group("a")], 101) });
    const provider = alibabaProvider({ ...alibabaAccount, endpoints: { "*": server.origin } }, deps);
    const { total } = await provider.listInventory(region, "alibaba:apigateway:apiGroup", undefined);
    expect(total).toBe(101);
  });

  test("an answer without a total is an error", async () => {
    const answer = JSON.stringify({ RequestId: "R", ApiGroupAttributes: { ApiGroupAttribute: [] } });
    await expect(inventory([answer])).rejects.toMatchObject({ code: "UnexpectedResponse" });
  });

  test("a row that doesn't say its tags leaves them unknown", async () => {
    const answer = JSON.stringify({ TotalCount: 1, ApiGroupAttributes: { ApiGroupAttribute: [{ GroupId: "a" }] } });
    await using server = await recordingServer({ body: answer });
    const provider = alibabaProvider({ ...alibabaAccount, endpoints: { "*": server.origin } }, deps);
    const { resources } = await provider.listInventory(region, "alibaba:apigateway:apiGroup", undefined);
    expect(resources).toEqual([{ type: "alibaba:apigateway:apiGroup", id: "a" }]);
  });
});
