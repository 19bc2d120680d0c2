import { describe, expect, test } from "vitest";
import type { HuaweiAccountConfig } from "../../../lib/core/config/config.ts";
import type { ClientDeps } from "../../../lib/providers/client-deps.ts";
import { huaweiProvider } from "../../../lib/providers/huawei/provider.ts";
import { allows, parseSessionPolicy } from "../../../local/emulator/session-policy.ts";
import { deps as everyday, huaweiAccount } from "../accounts.ts";
import { recordingServer, type Answer, type RecordedRequest } from "../recording-server.ts";

const type = "huawei:iam:user";
const agencyOf = (account: string) => `iam::${account}:agency:tagwarden`;
const key = { accessKey: "key-of-huawei", secretKey: "secret-of-huawei" };

/** Of a member, whose agency the key of another account takes. */
const member = (origin: string, change: Partial<HuaweiAccountConfig> = {}): HuaweiAccountConfig => ({
  ...huaweiAccount,
  account: "d0002",
  endpoints: { "*": origin },
  credentials: { ...key, assumeAgencyUrn: agencyOf("d0002") },
  ...change,
});

const isExchange = ({ path }: RecordedRequest) => path === "/v5/agencies/assume";
const HOUR_LATER = () => new Date(Date.now() + 3_600_000).toISOString();
const taken = (expiration = HOUR_LATER()): Answer => ({
  headers: { "x-request-id": "R" },
  body: JSON.stringify({
    assumed_agency: { urn: "sts::d0002:assumed-agency:tagwarden/tagwarden", id: "a:tagwarden" },
    credentials: { access_key_id: "AK", secret_access_key: "SK", security_token: "token-of-agency", expiration },
  }),
});
const TAGS: Answer = { headers: { "x-request-id": "R" }, body: '{"tags":[]}' };

/** A cloud whose STS answers so; nothing has tags. */
const cloud = (sts: () => Answer) => recordingServer((request) => (isExchange(request) ? sts() : TAGS));

const list = (account: HuaweiAccountConfig, deps: ClientDeps = everyday) =>
  huaweiProvider(account, deps).listTagResources({ type, region: "global", ids: ["u1"] }, undefined);

const bodyOf = (request: RecordedRequest | undefined) => JSON.parse(request?.body ?? "") as Record<string, unknown>;

describe("a member's agency", () => {
  test("is taken with the key of another account, and its key then calls", async () => {
    await using server = await cloud(taken);
    await list(member(server.origin));
    const [exchange, call] = server.requests;
    expect(exchange).toMatchObject({ method: "POST", path: "/v5/agencies/assume" });
    expect(bodyOf(exchange)).toEqual({
      agency_urn: agencyOf("d0002"),
      agency_session_name: "tagwarden",
      duration_seconds: 3600,
    });
    expect(exchange?.headers.authorization).toContain(`Access=${key.accessKey},`);
    // Whoever takes it is of another account than the one that is entered.
    expect(exchange?.headers).not.toHaveProperty("x-domain-id");
    expect(exchange?.headers).not.toHaveProperty("x-project-id");
    expect(call?.headers.authorization).toContain("Access=AK,");
    expect(call?.headers).toMatchObject({ "x-security-token": "token-of-agency", "x-domain-id": "d0002" });
  });

  test("is taken once for calls side by side, and anew before its key expires", async () => {
    const clock = { ahead: 0 };
    const now = () => Date.now() + clock.ahead;
    await using server = await cloud(taken);
    const provider = huaweiProvider(member(server.origin), { ...everyday, clock: { ...everyday.clock, now } });
    const query = { type, region: "global", ids: ["u1"] };
    const two = () => Promise.all([1, 2].map(() => provider.listTagResources(query, undefined)));
    await two();
    expect(server.requests.filter(isExchange)).toHaveLength(1);
    clock.ahead = 56 * 60_000;
    await two();
    expect(server.requests.filter(isExchange)).toHaveLength(2);
  });

  test.each<[string, Partial<HuaweiAccountConfig>, readonly string[]]>([
    ["by default", {}, []],
    ["where all of an account is looked at", { types: ["huawei:*"] }, ["ecs:cloudServers:list", "rms:resources:list"]],
  ])("that is taken for reading may not write: %s", async (_, change, others) => {
    await using server = await cloud(taken);
    await list(member(server.origin, change), { ...everyday, readOnly: true });
    const policy = parseSessionPolicy(String(bodyOf(server.requests[0])["policy"]));
    if (policy === undefined) throw new Error("the agency was taken as it is");
    const reads = ["iam::listTagsForResourceV5", "iam:users:listUsersV5", "apig:instance:get", "apig:instance:list"];
    for (const action of [...reads, ...others]) expect(allows(policy, action), action).toBe(true);
    const writes = ["iam::tagForResourceV5", "iam::untagForResourceV5", "apig:instance:batchCreateOrDeleteTag"];
    for (const action of [...writes, "tms:resourceTags:create", "tms:resourceTags:delete"]) {
      expect(allows(policy, action), action).toBe(false);
    }
  });

  test.each([
    ["isn't there", 404, "PAP5.0004", "access"],
    ["doesn't trust the key", 403, "PAP5.0001", "access"],
    ["has a name that no agency has", 400, "PAP5.0009", "access"],
    ["can't be had now", 503, "APIGW.0601", "transient"],
  ])("that %s is named, and no resource's fault", async (_, status, error_code, kind) => {
    await using server = await cloud(() => ({ status, body: JSON.stringify({ error_code, error_msg: "no" }) }));
    const failure = list(member(server.origin));
    await expect(failure).rejects.toMatchObject({ code: error_code, kind });
    if (kind === "access") {
      await expect(failure).rejects.toThrow(`${error_code}: the agency ${agencyOf("d0002")} can't be taken: no`);
    }
    expect(server.requests.every(isExchange)).toBe(true);
  });

  test("whose answer has no key passes, whatever the answer is", async () => {
    await using server = await cloud(() => ({ headers: { "x-request-id": "R" }, body: '{"credentials":{}}' }));
    await expect(list(member(server.origin))).rejects.toMatchObject({ code: "UnexpectedResponse", kind: "transient" });
  });

  test("whose login was changed where it is kept is taken with the new one", async () => {
    await using server = await recordingServer((request) =>
      String(request.headers.authorization).includes("Access=old,")
        ? { status: 401, body: '{"error_code":"APIGW.0301","error_msg":"the access key does not exist"}' }
        : isExchange(request)
          ? taken()
          : TAGS,
    );
    const credential = async (reference: string, isFresh?: boolean) =>
      reference === "ak" ? (isFresh === true ? "new" : "old") : reference;
    const credentials = { accessKey: "ak", secretKey: "s", assumeAgencyUrn: agencyOf("d0002") };
    const provider = huaweiProvider(member(server.origin, { credentials }), { ...everyday, credential });
    const query = { type, region: "global", ids: ["u1"] };
    await expect(provider.listTagResources(query, undefined)).rejects.toMatchObject({ kind: "transient" });
    await expect(provider.listTagResources(query, undefined)).resolves.toMatchObject({ rows: [{ id: "u1" }] });
  });
});

test("a call in a project of an account that could not be entered says why it has none", async () => {
  await using server = await cloud(taken);
  const account = member(server.origin, { projects: {}, notEntered: "PAP5.0004: no such agency" });
  const listing = huaweiProvider(account, everyday).listInventory("cn-north-4", "huawei:apig:instance", undefined);
  await expect(listing).rejects.toMatchObject({ kind: "access" });
  await expect(listing).rejects.toThrow(
    /could not be entered when the configuration was compiled \(PAP5.0004: no such/,
  );
});
