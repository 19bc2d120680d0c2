import type { CreateEvent } from "./create-event.ts";

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
  ]),
  ...["acs.vpc", "acs.vpcipam"].flatMap((source) =>
    rows(source, "inferred", [
      ["CreateIpam", "alibaba:vpcipam:IPAM", "responseElements.IpamId", defaultScopes()],
      ["CreateIpamScope", "alibaba:vpcipam:IPAMSCOPE", "responseElements.IpamScopeId"],
      ["CreateIpamPool", "alibaba:vpcipam:IPAMPOOL", "responseElements.IpamPoolId"],
    ]),
  ),
];

type Row = readonly [eventName: string, type: string, idPath: string, extra?: Pick<CreateEvent, "also">];

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

/** An IPAM is born with a public and a private scope; the oldest field names one of the two again. */
function defaultScopes(): Pick<CreateEvent, "also"> {
  const idPaths = ["PublicDefaultIpamScopeId", "PrivateDefaultIpamScopeId", "DefaultIpamScopeId"].map(
    (name) => `responseElements.${name}`,
  );
  return { also: [{ type: "alibaba:vpcipam:IPAMSCOPE", idPaths }] };
}
