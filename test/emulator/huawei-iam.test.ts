import { describe, expect, it } from "vitest";
import type { EmulatedResource } from "../../local/emulator/emulated-resource.ts";
import { emulate, HUAWEI_ACCOUNT, ids, manyTags, tagsIn, user } from "./emulate.ts";
import { iamCaller } from "./huawei-clients.ts";

const agency = (id: string, more: Partial<EmulatedResource> = {}): EmulatedResource => ({
  ...user(id),
  type: "huawei:iam:agency",
  ...more,
});

const tagList = (tags: Readonly<Record<string, string>>) =>
  Object.entries(tags).map(([tag_key, tag_value]) => ({ tag_key, tag_value }));

async function iam(resources: readonly EmulatedResource[]) {
  const emulator = await emulate(resources);
  const call = iamCaller(emulator.description);
  const tag = (id: string, tags: readonly object[], kind = "user") =>
    call("tagResourceV5", { resource_type: kind, resource_id: id, body: { tags } });
  return { emulator, call, tag };
}

describe("@huaweicloud/huaweicloud-sdk-iam against the emulator", () => {
  it("tags, answers with all tags, lists and deletes them", async () => {
    const { emulator, call, tag } = await iam([user("u1", { env: "dev", team: "a" })]);
    await expect(tag("u1", tagList({ env: "prod", 名字: "甲 b/c" }))).resolves.toMatchObject({
      httpStatusCode: 200,
      tags: tagList({ env: "prod", team: "a", 名字: "甲 b/c" }),
    });
    const named = { resource_type: "user", resource_id: "u1" };
    const listed = await call("listResourceTagsV5", named);
    expect(listed["tags"]).toEqual(tagList({ env: "prod", team: "a", 名字: "甲 b/c" }));
    await expect(call("deleteResourceTagsV5", { ...named, body: ["env", "absent"] })).resolves.toMatchObject({
      httpStatusCode: 204,
    });
    expect(tagsIn(emulator, user("u1"))).toEqual({ team: "a", 名字: "甲 b/c" });
  });

  it("tags trust agencies, but no agency of the old kind", async () => {
    const { emulator, tag } = await iam([agency("new"), agency("old", { legacy: true })]);
    await tag("new", tagList({ a: "b" }), "agency");
    expect(tagsIn(emulator, agency("new"))).toEqual({ a: "b" });
    await expect(tag("old", tagList({ a: "b" }), "agency")).rejects.toMatchObject({
      httpStatusCode: 400,
      errorCode: "PAP5.0038",
      errorMsg: "This operation is only supported by v5 agencies",
    });
  });

  it.each([
    ["21 tags", tagList(manyTags(21)), 400, "PAP5.0009"],
    ["an empty list", [], 400, "PAP5.0009"],
    ["the same key twice", [...tagList({ a: "1" }), ...tagList({ a: "2" })], 400, "PAP5.0033"],
    ["a key that starts with _sys_", tagList({ _sys_a: "b" }), 400, "PAP5.0009"],
    ["a key that starts with a space", tagList({ " a": "b" }), 400, "PAP5.0009"],
    ["a key that ends with a space", tagList({ "a ": "b" }), 400, "PAP5.0009"],
    ["a key with a slash", tagList({ "a/b": "c" }), 400, "PAP5.0009"],
    ["an empty key", tagList({ "": "c" }), 400, "PAP5.0009"],
    ["a key of 65 characters", tagList({ ["k".repeat(65)]: "c" }), 400, "PAP5.0009"],
    ["a value of 129 characters", tagList({ a: "v".repeat(129) }), 400, "PAP5.0009"],
    ["a value with a hash", tagList({ a: "#" }), 400, "PAP5.0009"],
    ["a 21st tag on the user", tagList({ b: "c" }), 409, "PAP5.0005"],
  ])("refuses %s and changes nothing", async (_, tags, httpStatusCode, errorCode) => {
    const { emulator, tag } = await iam([user("u1", manyTags(20))]);
    await expect(tag("u1", tags)).rejects.toMatchObject({ httpStatusCode, errorCode });
    expect(tagsIn(emulator, user("u1"))).toEqual(manyTags(20));
  });

  it("takes 20 tags in one call, none at all, and lengths up to 64 and 128", async () => {
    const { emulator, call, tag } = await iam([user("u1"), user("u2"), user("u3")]);
    await tag("u1", tagList(manyTags(20)));
    expect(tagsIn(emulator, user("u1"))).toEqual(manyTags(20));
    await call("tagResourceV5", { resource_type: "user", resource_id: "u2", body: {} });
    expect(tagsIn(emulator, user("u2"))).toEqual({});
    const longest = { ["k".repeat(64)]: "/".repeat(128), empty: "" };
    await tag("u3", tagList(longest));
    expect(tagsIn(emulator, user("u3"))).toEqual(longest);
  });

  it("reserves _sys_ in this spelling alone, counts 20 tags beside it, and lets nobody take it off", async () => {
    const own = { _sys_created_by: "the cloud" };
    const { emulator, call, tag } = await iam([user("u1", { ...manyTags(19), ...own })]);
    await tag("u1", tagList({ _SYS_a: "x" }));
    expect(tagsIn(emulator, user("u1"))).toEqual({ ...manyTags(19), ...own, _SYS_a: "x" });
    await expect(tag("u1", tagList({ b: "x" }))).rejects.toMatchObject({ httpStatusCode: 409 });
    const body = ["_sys_created_by", "_SYS_a"];
    await call("deleteResourceTagsV5", { resource_type: "user", resource_id: "u1", body });
    expect(tagsIn(emulator, user("u1"))).toEqual({ ...manyTags(19), ...own });
  });

  it.each(["u_1", "u.1", "ü1", "u".repeat(65)])("refuses the id %s before it looks for it", async (id) => {
    const { tag } = await iam([user(id)]);
    await expect(tag(id, tagList({ a: "b" }))).rejects.toMatchObject({ httpStatusCode: 400, errorCode: "PAP5.0009" });
  });

  it("takes ids of 64 letters, digits and hyphens", async () => {
    const id = `A-${"9".repeat(62)}`;
    const { emulator, tag } = await iam([user(id)]);
    await tag(id, tagList({ a: "b" }));
    expect(tagsIn(emulator, user(id))).toEqual({ a: "b" });
  });

  it("answers 404 for a user that doesn't exist or belongs to another domain", async () => {
    const { tag } = await iam([user("u1"), { ...user("u2"), account: "d0002" }]);
    await expect(tag("gone", tagList({ a: "b" }))).rejects.toMatchObject({ httpStatusCode: 404 });
    await expect(tag("u2", tagList({ a: "b" }))).rejects.toMatchObject({ httpStatusCode: 404 });
  });

  it("answers a denial with the encoded authorization message", async () => {
    const emulator = await emulate([user("u1")]);
    emulator.setFaults([{ match: { action: "huawei:iam:TagResourceV5" }, effect: "error", code: "PAP5.0001" }]);
    const response = await fetch(`${emulator.description.huawei.endpoint}/v5/user/u1/tags/create`, {
      method: "POST",
      headers: { "x-auth-token": emulator.description.huawei.token, "content-type": "application/json" },
      body: JSON.stringify({ tags: tagList({ a: "b" }) }),
    });
    expect(response.status).toBe(403);
    expect(await response.json()).toEqual({
      error_code: "PAP5.0001",
      error_msg: "access denied: you are not authorized to perform this operation",
      request_id: response.headers.get("x-request-id"),
      encoded_authorization_message: expect.any(String) as string,
    });
    expect(tagsIn(emulator, user("u1"))).toEqual({});
  });

  it("denies a key that speaks for another domain", async () => {
    const emulator = await emulate([user("u1")]);
    const { huawei } = emulator.description;
    const response = await fetch(`${huawei.endpoint}/v5/users`, {
      headers: { "x-auth-token": huawei.token, "x-domain-id": "somebody-else" },
    });
    expect(response.status).toBe(403);
    expect(await response.json()).toHaveProperty("encoded_authorization_message");
  });

  it("lists users by marker until none is left, tagged or not", async () => {
    const { call } = await iam(ids("u", 250).map((id) => user(id)));
    const seen: string[] = [];
    let marker: string | undefined;
    do {
      const page = await call("listUsersV5", { limit: 200, ...(marker === undefined ? {} : { marker }) });
      seen.push(...(page["users"] as { user_id: string }[]).map(({ user_id }) => user_id));
      marker = (page["page_info"] as { next_marker?: string }).next_marker;
    } while (marker !== undefined && marker !== "");
    expect(seen).toEqual(ids("u", 250));
  });

  it("lists agencies of both kinds, told apart by their trust policy", async () => {
    const { call } = await iam([agency("new"), agency("old", { legacy: true })]);
    const { agencies } = await call("listAgenciesV5", {});
    expect(agencies).toMatchObject([
      { agency_id: "new", trust_policy: expect.any(String) as string },
      { agency_id: "old", trust_domain_id: HUAWEI_ACCOUNT },
    ]);
    expect((agencies as object[])[1]).not.toHaveProperty("trust_policy");
  });

  it.each([
    [{ marker: "zz" }, "PAP5.0010"],
    [{ marker: "0".repeat(32) }, "PAP5.0010"],
    [{ limit: 201 }, "PAP5.0009"],
  ])("refuses the page %j", async (query, errorCode) => {
    const { call } = await iam([user("u1")]);
    await expect(call("listUsersV5", query)).rejects.toMatchObject({ httpStatusCode: 400, errorCode });
  });

  it("deletes by POST too, as older clients do", async () => {
    const emulator = await emulate([user("u1", { a: "1" })]);
    const { huawei } = emulator.description;
    const response = await fetch(`${huawei.endpoint}/v5/user/u1/tags/delete`, {
      method: "POST",
      headers: { "x-auth-token": huawei.token },
      body: '["a"]',
    });
    expect(response.status).toBe(204);
    expect(tagsIn(emulator, user("u1"))).toEqual({});
  });

  it("serves IAM on every Huawei endpoint", async () => {
    const emulator = await emulate([user("u1")], { regions: { huawei: ["cn-north-4", "cn-east-3"] } });
    for (const url of Object.values(emulator.description.huawei.endpoints)) {
      const headers = { "x-auth-token": emulator.description.huawei.token };
      const response = await fetch(`${url}/v5/users`, { headers });
      expect(await response.json()).toMatchObject({ users: [{ user_id: "u1" }] });
    }
  });

  it.each([
    ["a wrong secret", { secretKey: "wrong" }],
    ["an unknown key", { accessKey: "nobody" }],
    ["a security token that the key doesn't have", { securityToken: "made up" }],
  ])("answers 401 APIGW.0301 to %s", async (_, wrong) => {
    const emulator = await emulate([user("u1")]);
    const call = iamCaller(emulator.description, { ...emulator.description.huawei, ...wrong });
    await expect(call("listUsersV5", {})).rejects.toMatchObject({
      httpStatusCode: 401,
      errorCode: "APIGW.0301",
    });
  });

  it("takes a temporary key with its security token only", async () => {
    const emulator = await emulate([user("u1")]);
    const temporary = emulator.description.huawei.accounts[HUAWEI_ACCOUNT]?.temporary;
    const { accessKey = "", secretKey = "", securityToken = "" } = temporary ?? {};
    const complete = iamCaller(emulator.description, { accessKey, secretKey, securityToken });
    await expect(complete("listUsersV5", {})).resolves.toMatchObject({ httpStatusCode: 200 });
    const without = iamCaller(emulator.description, { accessKey, secretKey });
    await expect(without("listUsersV5", {})).rejects.toMatchObject({ httpStatusCode: 401 });
  });
});
