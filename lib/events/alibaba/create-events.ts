import type { CreateEvent } from "../create-event.ts";

/**
 * The calls that create what our Alibaba providers tag. The fields of the responses are those of CloudAPI 2016-07-14
 * and VpcIpam 2023-02-28; under which source ActionTrail files IPAM is not documented, so both are read.
 */
export const ALIBABA_CREATE_EVENTS: readonly CreateEvent[] = [
  ...rows("acs.apigateway", "sdk-response-field", [
    ["CreateApiGroup", "alibaba:apigateway:apiGroup", "responseElements.GroupId"],
    ["CreateApp", "alibaba:apigateway:app", "responseElements.AppId"],
    ["CreatePlugin", "alibaba:apigateway:plugin", "responseElements.PluginId"],
    ["CreateApi", "alibaba:apigateway:api", "responseElements.ApiId"],
    [
      "ImportSwagger",
      "alibaba:apigateway:api",
      "responseElements.Success.ApiImportSwaggerSuccess[].ApiUid",
      imported(),
    ],
    ["ImportOAS", "alibaba:apigateway:api", "responseElements.SuccessApis.SuccessApi[].ApiId", imported()],
  ]),
  ...["acs.vpc", "acs.vpcipam"].flatMap((source) =>
    rows(source, "inferred", [
      ["CreateIpam", "alibaba:vpcipam:IPAM", "responseElements.IpamId", defaultScopes()],
      ["CreateIpamScope", "alibaba:vpcipam:IPAMSCOPE", "responseElements.IpamScopeId"],
      ["CreateIpamPool", "alibaba:vpcipam:IPAMPOOL", "responseElements.IpamPoolId"],
    ]),
  ),
];

type Row = readonly [eventName: string, type: string, idPath: string, extra?: Partial<CreateEvent>];

function rows(source: string, basis: CreateEvent["basis"], all: readonly Row[]): CreateEvent[] {
  return all.map(([eventName, type, idPath, extra]) => ({
    provider: "alibaba",
    source,
    eventName,
    type,
    idPath,
    basis,
    experimental: false,
    ...extra,
  }));
}

/**
 * An import writes over the APIs that are there already, where it may, and says of each which of the two it did. An OAS
 * import goes on after its answer, and need not name ids in it.
 * https://www.alibabacloud.com/help/en/api-gateway/traditional-api-gateway/developer-reference/api-cloudapi-2016-07-14-importswagger
 * and …-importoas
 */
function imported(): Partial<CreateEvent> {
  return {
    unless: { field: "ApiOperation", is: "MODIFY" },
    dryRunPath: "requestParameters.DryRun",
    mayLackId: "the import names no new API; the audit finds those that it makes after its answer",
  };
}

/** An IPAM is born with a public and a private scope; its answer names them by one or the other of these fields. */
function defaultScopes(): Partial<CreateEvent> {
  const idPaths = [
    "PublicDefaultScopeId",
    "PrivateDefaultScopeId",
    "PublicDefaultIpamScopeId",
    "PrivateDefaultIpamScopeId",
    "DefaultIpamScopeId",
  ].map((name) => `responseElements.${name}`);
  return { also: [{ type: "alibaba:vpcipam:IPAMSCOPE", idPaths }] };
}
