import { describe, expect, test } from "vitest";
import { creationOf, idsOf, onlyResource, reasonOf } from "../../fixtures/events/created.ts";
import { createGateway, createUser, eventGrid } from "../../fixtures/events/records.ts";

describe("failed calls create nothing", () => {
  test.each(["warning", "incident", "Warning"])("trace_rating %s, even with an id", (trace_rating) => {
    expect(reasonOf(createUser({ trace_rating }))).toBe(`the call failed: trace_rating is ${trace_rating}`);
  });

  test.each(["403", 500, "302"])("status %j, even with rating normal", (code) => {
    expect(reasonOf(createUser({ code }))).toBe(`the call failed with status ${code}`);
  });

  test.each([201, "202", undefined])("status %j is a success", (code) => {
    expect(idsOf(createUser({ code }))).toEqual(["u0001"]);
  });
});

describe("ids", () => {
  test.each(["createUser", "CreateUser", "CREATEUSER"])("trace name %s is known in any case", (trace_name) => {
    expect(onlyResource(createUser({ trace_name }))).toMatchObject({ type: "huawei:iam:user", id: "u0001" });
  });

  test.each([
    ["createUserV5", "huawei:iam:user", { user: { user_id: "id-1" } }],
    ["createAgencyV5", "huawei:iam:agency", { agency: { agency_id: "id-1" } }],
  ])("%s, as IAM names the call since its version 5, creates a %s", (trace_name, type, response) => {
    const changes = { trace_name, response: JSON.stringify(response) };
    expect(onlyResource(createUser({ ...changes, resource_id: "id-1" }))).toMatchObject({ type, id: "id-1" });
    expect(onlyResource(createUser({ ...changes, resource_id: "" }))).toMatchObject({ type, id: "id-1" });
  });

  test("the response names the id where resource_id is empty", () => {
    expect(idsOf(createUser({ resource_id: "" }))).toEqual(["u0001"]);
  });

  test("request and response may be objects, as the console shows them", () => {
    const event = createUser({
      resource_id: "",
      request: { tags: [{ tag_key: "env", tag_value: "prod" }] },
      response: { user: { user_id: "u0001" } },
    });
    expect(onlyResource(event)).toMatchObject({ id: "u0001", event: { requestTags: new Map([["env", "prod"]]) } });
  });

  test("a response that was cut short is not needed where resource_id is there", () => {
    expect(idsOf(createUser({ response: '{"user":{"user_id":"u0' }))).toEqual(["u0001"]);
  });

  test("a trace that names its id nowhere is an error", () => {
    expect(() => idsOf(createUser({ resource_id: "", response: '{"user":{"user_id":"u0' }))).toThrow(
      /no huawei:iam:user id/,
    );
  });

  test("the service comes from the envelope where the trace names none", () => {
    expect(idsOf(eventGrid(createUser({ service_type: undefined })))).toEqual(["u0001"]);
  });
});

describe("account", () => {
  test.each([
    ["domain_id", {}, "d0001"],
    ["the user's domain", { domain_id: "" }, "d0001"],
    ["resource_account_id", { domain_id: "", user: {}, resource_account_id: "d0002" }, "d0002"],
  ])("comes from %s", (_, changes, account) => {
    expect(onlyResource(createUser(changes)).account).toBe(account);
  });

  test("a trace without one is an error", () => {
    expect(() => idsOf(createUser({ domain_id: "", user: {} }))).toThrow(/holds no account/);
  });
});

describe("region", () => {
  test.each([createUser(), createUser({ trace_name: "createAgency" })])("is global for IAM %#", (event) => {
    expect(onlyResource(event).region).toBe("global");
  });

  test.each([
    ["the trace", createGateway({ region: "cn-north-4" })],
    ["the envelope", eventGrid(createGateway(), { region: "cn-north-4" })],
    ["regionid of the envelope", eventGrid(createGateway(), { regionid: "cn-north-4" })],
    ["the project's name", createGateway({ project_name: "cn-north-4_team" })],
    ["the user's project", createGateway({ user: { domain: { id: "d0001" }, project: { name: "cn-north-4" } } })],
    ["the host that was called", createGateway({ endpoint: "apig.cn-north-4.myhuaweicloud.com" })],
    ["the URN of the resource", createGateway({ resource_urn: "apig:cn-north-4:d0001:instance:gw0001" })],
  ])("of a gateway comes from %s", (_, event) => {
    expect(onlyResource(event).region).toBe("cn-north-4");
  });

  test("a trace whose region nobody knows says what to configure", () => {
    expect(() => idsOf(createGateway())).toThrow(
      "The CTS trace CreateInstance names no region, and project p0001 is not configured. Add it under `projects` of its account, as REGION: p0001.",
    );
  });

  test("a trace without region and project says so", () => {
    expect(() => idsOf(createGateway({ project_id: "" }))).toThrow(/names neither a region nor a project/);
  });
});

describe("project", () => {
  const gateway = (changes = {}) => onlyResource(createGateway({ region: "cn-north-4", ...changes })).project;

  test("of a gateway is the one that its trace names", () => {
    expect(gateway()).toBe("p0001");
    expect(gateway({ project_id: "", user: { domain: { id: "d0001" }, project: { id: "p0002" } } })).toBe("p0002");
    expect(gateway({ project_id: "", user: '{"domain":{"id":"d0001"},"project":{"id":"p0002"}}' })).toBe("p0002");
    expect(gateway({ project_id: "" })).toBeUndefined();
  });

  test("is nothing that a user or an agency has", () => {
    expect(onlyResource(createUser()).project).toBeUndefined();
  });
});

describe("createdAt", () => {
  test.each([
    [1_795_332_826_000, "2026-11-22T07:33:46Z"],
    ["1795332826123", "2026-11-22T07:33:46.123Z"],
    ["2026/11/22 15:33:46 GMT+08:00", "2026-11-22T07:33:46Z"],
  ])("%j is %s", (time, createdAt) => {
    expect(creationOf(createUser({ time })).createdAt).toBe(createdAt);
  });
});

describe("createdBy", () => {
  test.each([
    [{ user: { type: "User", user_name: "bob", name: "dom/bob" } }, "bob", "iam-user"],
    [{ user: { name: "dom/bob", domain: { name: "dom" } } }, "bob", "iam-user"],
    [{ user: { user_name: "dom", principal_is_root_user: "true" } }, "dom", "root"],
    [
      { user: { type: "AssumedAgency", principal_urn: "sts::d0001:assumed-agency:deployer/bob" } },
      "agency/deployer/bob",
      "session-name",
    ],
    [
      { user: { type: "AssumedAgency", principal_urn: "sts::d0001:assumed-agency:deployer" } },
      "agency/deployer",
      "session-issuer",
    ],
    [{ user: { type: "AssumedAgency", name: "bob" } }, "bob", "session-name"],
    [
      {
        user: {
          type: "AssumedAgency",
          principal_urn: "sts::d0001:assumed-agency:deployer",
          principal_id: "ag1:bob@example.com",
        },
      },
      "agency/deployer/bob@example.com",
      "session-name",
    ],
    [
      { user: { type: "AssumedAgency", name: "dom/deployer", domain: { name: "dom" }, principal_id: "ag1:bob" } },
      "agency/deployer/bob",
      "session-name",
    ],
    [
      { user: { type: "AssumedAgency", name: "deployer/bob", principal_id: "ag1:bob" } },
      "agency/deployer/bob",
      "session-name",
    ],
    [{ user: { type: "AssumedAgency", name: "bob", principal_id: "ag1:bob" } }, "agency/ag1/bob", "session-name"],
    [
      {
        user: JSON.stringify({
          type: "AssumedAgency",
          principal_urn: "sts::d0001:assumed-agency:deployer/bob",
          invoked_by: ["service.console"],
        }),
      },
      "agency/deployer/bob",
      "session-name",
    ],
    [{ user: { name: "other/bob", domain: { name: "dom" } } }, "other/bob", "iam-user"],
    [{ user: { type: "ExternalUser", name: "carol" } }, "carol", "federated-user"],
    [{ user: { invoked_by: ["service.APIG"] } }, "service.APIG", "invoked-by"],
    [{ user: {}, trace_type: "SystemAction" }, "IAM", "invoked-by"],
    [{ user: JSON.stringify({ user_name: "bob" }) }, "bob", "iam-user"],
  ])("%j is %s (%s)", (changes, createdBy, createdByBasis) => {
    expect(creationOf(createUser(changes))).toMatchObject({ createdBy, createdByBasis });
  });

  test("nobody where the trace names nobody", () => {
    expect(creationOf(createUser({ user: {} }))).not.toHaveProperty("createdBy");
  });
});

test("a trace without a name is an error", () => {
  expect(() => idsOf(eventGrid({ trace_rating: "normal" }))).toThrow(/no trace_name/);
});
