import { describe, expect, test } from "vitest";
import { creationOf, idsOf, onlyResource, reasonOf, resourcesOf } from "../../fixtures/events/created.ts";
import { ACCOUNT, actionTrailEvent, createApiGroup, type Json } from "../../fixtures/events/records.ts";

const createIpam = (changes: Json = {}) =>
  createApiGroup({
    eventName: "CreateIpam",
    serviceName: "VpcIpam",
    eventSource: "vpcipam.cn-hangzhou.aliyuncs.com",
    responseElements: {
      IpamId: "ipam-1",
      DefaultIpamScopeId: "scope-1",
      PublicDefaultIpamScopeId: "scope-1",
      PrivateDefaultIpamScopeId: "scope-2",
    },
    ...changes,
  });

test("a failed call creates nothing, even with a response", () => {
  expect(reasonOf(createApiGroup({ errorCode: "QuotaExceeded.Group" }))).toBe(
    "the call failed with QuotaExceeded.Group",
  );
});

describe("ids", () => {
  test.each([
    ["a number", { AppId: 20112314518278 }, "20112314518278"],
    ["a text", { AppId: "20112314518278" }, "20112314518278"],
  ])("an app's id may be %s", (_, responseElements, id) => {
    expect(idsOf(createApiGroup({ eventName: "CreateApp", responseElements }))).toEqual([id]);
  });

  test("a number that JSON has rounded is no id", () => {
    const event = createApiGroup({
      eventName: "CreateApp",
      responseElements: { AppId: 2 ** 53 },
      referencedResources: {},
    });
    expect(() => idsOf(event)).toThrow(/holds no alibaba:apigateway:app id/);
  });

  test("request and response may be JSON strings", () => {
    const { requestParameters, responseElements } = createApiGroup();
    const event = createApiGroup({
      requestParameters: JSON.stringify(requestParameters),
      responseElements: JSON.stringify(responseElements),
    });
    expect(resourcesOf(event).map(({ id, event }) => [id, event?.requestTags])).toEqual([
      ["g0001", new Map([["env", "prod"]])],
    ]);
  });

  test("referencedResources is not asked where the response names the id", () => {
    const referencedResources = { "ACS::ApiGateway::ApiGroup": ["g0001", "g-used"] };
    expect(idsOf(createApiGroup({ referencedResources }))).toEqual(["g0001"]);
  });

  test("without a response, only references of the created kind count, and only such as the request didn't name", () => {
    const event = createApiGroup({
      eventName: "CreateApi",
      requestParameters: { GroupId: "g0001", BackendId: "a-used" },
      responseElements: null,
      referencedResources: { "ACS::ApiGateway::ApiGroup": ["g0001"], "ACS::ApiGateway::Api": ["a-used", "a0001"] },
    });
    expect(idsOf(event)).toEqual(["a0001"]);
  });

  test("without references, resourceName is read beside resourceType", () => {
    const event = createApiGroup({
      eventName: "CreateApi",
      requestParameters: {},
      responseElements: null,
      referencedResources: {},
      resourceType: "ACS::ApiGateway::ApiGroup;ACS::ApiGateway::Api",
      resourceName: "g0001,g0002;a0001,a0002",
    });
    expect(idsOf(event)).toEqual(["a0001", "a0002"]);
  });

  test("an event that names its id nowhere is an error", () => {
    const event = createApiGroup({ responseElements: null, referencedResources: {}, resourceName: "" });
    expect(() => idsOf(event)).toThrow(
      /CreateApiGroup succeeded, but its record holds no alibaba:apigateway:apiGroup id/,
    );
  });
});

describe("IPAM", () => {
  test.each(["acs.vpc", "acs.vpcipam"])("is read under the source %s", (source) => {
    expect(idsOf(actionTrailEvent(createIpam(), { source, type: "x:ActionTrail:ApiCall" }))[0]).toBe("ipam-1");
  });

  test("comes with its default scopes, each once, without the tags of the request", () => {
    expect(
      resourcesOf(createIpam()).map(({ type, id, event }) => [type, id, event?.requestTags?.size, event?.createdBy]),
    ).toEqual([
      ["alibaba:vpcipam:IPAM", "ipam-1", 1, "alice"],
      ["alibaba:vpcipam:IPAMSCOPE", "scope-1", 0, "alice"],
      ["alibaba:vpcipam:IPAMSCOPE", "scope-2", 0, "alice"],
    ]);
  });

  test("names its default scopes by either name of their fields", () => {
    const responseElements = { IpamId: "ipam-1", PublicDefaultScopeId: "scope-1", PrivateDefaultScopeId: "scope-2" };
    expect(idsOf(createIpam({ responseElements }))).toEqual(["ipam-1", "scope-1", "scope-2"]);
  });

  test("may come without default scopes", () => {
    expect(idsOf(createIpam({ responseElements: { IpamId: "ipam-1" } }))).toEqual(["ipam-1"]);
  });
});

describe("an import of APIs", () => {
  const swagger = (rows: readonly Json[], changes: Json = {}) =>
    createApiGroup({
      eventName: "ImportSwagger",
      requestParameters: { GroupId: "g0001", Overwrite: "true" },
      responseElements: { Success: { ApiImportSwaggerSuccess: rows }, Failed: { ApiImportSwaggerFailed: [] } },
      referencedResources: { "ACS::ApiGateway::Api": ["a-referenced"] },
      ...changes,
    });

  test("creates each API that its answer names", () => {
    expect(
      resourcesOf(swagger([{ ApiUid: "a0001", Path: "/a" }, { ApiUid: "a0002" }])).map(({ type, id }) => [type, id]),
    ).toEqual([
      ["alibaba:apigateway:api", "a0001"],
      ["alibaba:apigateway:api", "a0002"],
    ]);
  });

  test("creates none of the APIs that it wrote over", () => {
    const [changed, added] = [
      { ApiUid: "a0001", ApiOperation: "MODIFY" },
      { ApiUid: "a0002", ApiOperation: "CREATE" },
    ];
    expect(idsOf(swagger([changed, added]))).toEqual(["a0002"]);
    expect(reasonOf(swagger([changed]))).toBe("the call changed what was there already");
  });

  test("creates nothing where it is only tried", () => {
    const event = swagger([{ ApiUid: "a0001" }], { requestParameters: { GroupId: "g0001", DryRun: "true" } });
    expect(reasonOf(event)).toBe("the call only tried whether it would succeed");
  });

  test("by OAS is read alike, and its APIs are left to the audit where it ends after its answer", () => {
    const oas = (responseElements: Json) =>
      swagger([], { eventName: "ImportOAS", responseElements, referencedResources: {}, resourceName: "" });
    expect(idsOf(oas({ SuccessApis: { SuccessApi: [{ ApiId: "a0001", ApiOperation: "CREATE" }] } }))).toEqual([
      "a0001",
    ]);
    expect(reasonOf(oas({ OperationId: "o1", SuccessApis: { SuccessApi: [{ Path: "/a" }] } }))).toMatch(
      /names no new API; the audit finds/,
    );
  });
});

describe("an event of a bus", () => {
  test.each(["ApiCall", "ConsoleOperation", "AliyunServiceEvent"])("of the type %s is read", (kind) => {
    const event = actionTrailEvent(createApiGroup({ eventType: kind }), { type: `apigateway:ActionTrail:${kind}` });
    expect(idsOf(event)).toEqual(["g0001"]);
  });

  test.each(["ApiGateway", "CloudAPI"])(
    "that comes from ActionTrail itself is read by its service, which may be %s",
    (serviceName) => {
      const envelope = { source: "acs.actiontrail", type: "actiontrail:ActionTrail:ApiCall" };
      expect(idsOf(actionTrailEvent(createApiGroup({ serviceName }), envelope))).toEqual(["g0001"]);
    },
  );
});

describe("account and region", () => {
  test.each([
    ["the record", {}, "cn-hangzhou"],
    ["the request", { acsRegion: undefined, requestParameters: { RegionId: "cn-beijing" } }, "cn-beijing"],
    ["the envelope", { acsRegion: undefined, requestParameters: null }, "cn-shanghai"],
  ])("the region comes from %s", (_, changes, region) => {
    expect(onlyResource(actionTrailEvent(createApiGroup(changes), { aliyunregionid: "cn-shanghai" })).region).toBe(
      region,
    );
  });

  test("the account comes from the envelope where the record names none", () => {
    const record = createApiGroup({ recipientAccountId: undefined, userIdentity: null });
    expect(onlyResource(actionTrailEvent(record)).account).toBe(ACCOUNT);
  });

  test.each([
    [createApiGroup({ acsRegion: undefined, requestParameters: null }), /holds no region/],
    [createApiGroup({ recipientAccountId: undefined, userIdentity: null }), /holds no account/],
  ])("a record without them is an error %#", (event, message) => {
    expect(() => idsOf(event)).toThrow(message);
  });
});

describe("createdBy", () => {
  test.each([
    [{ type: "ram-user", userName: "alice" }, "alice", "ram-user"],
    [{ type: "root-account", principalId: ACCOUNT }, "root", "root"],
    [
      { type: "assumed-role", principalId: "3001:bob@example.com", userName: "deployer:bob@example.com" },
      "role/deployer/bob@example.com",
      "session-name",
    ],
    [
      { type: "assumed-role", principalId: "3001:bob", sessionContext: { sessionIssuer: { userName: "ops" } } },
      "role/ops/bob",
      "session-name",
    ],
    [{ type: "assumed-role", principalId: "3001" }, "role/3001", "session-issuer"],
    [{ type: "assumed-role", userName: "AliyunServiceRoleForEss:ess" }, "role/AliyunServiceRoleForEss", "service-role"],
    [{ type: "system", userName: "ecs.aliyuncs.com" }, "ecs.aliyuncs.com", "invoked-by"],
    [{ type: "cloudsso-user", userName: "carol@example.com" }, "carol@example.com", "sso-user"],
    [{ type: "saml-user", principalId: "dave" }, "dave", "saml-user"],
  ])("%j is %s (%s)", (userIdentity, createdBy, createdByBasis) => {
    expect(creationOf(createApiGroup({ userIdentity }))).toMatchObject({ createdBy, createdByBasis });
  });

  test.each([null, "alice", {}, { type: "assumed-role" }])("nobody where userIdentity is %j", (userIdentity) => {
    expect(creationOf(createApiGroup({ userIdentity }))).not.toHaveProperty("createdBy");
  });
});
