import type { ProviderError } from "../../core/errors.ts";
import { cleanMessage, errorTable, headerText, providerError, retryAfterMs, unexpectedResponse } from "../answer.ts";
import type { HttpResponse } from "../http.ts";
import type { AnswerContext, AwsOperation } from "./client.ts";
import { AWS_ERRORS } from "./errors.ts";
import { childOf, parseXml, textOf } from "./xml.ts";

/** What only these services say. The rest is what AWS says anywhere. */
const kindOf = errorTable([
  // https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeTags.html
  ["ResourceContention*", "conflict"],
  // https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoleTags.html
  ["ServiceFailure", "transient"],
  ...AWS_ERRORS,
]);

/** `{ a: { b: ["x", "y"] } }` is sent as `a.b.member.1=x&a.b.member.2=y`. */
function formPairs(value: unknown, name: string): (readonly [string, string])[] {
  if (Array.isArray(value)) return value.flatMap((one, index) => formPairs(one, `${name}.member.${index + 1}`));
  if (typeof value !== "object" || value === null) return [[name, String(value)]];
  return Object.entries(value).flatMap(([key, inner]) => formPairs(inner, name === "" ? key : `${name}.${key}`));
}

const formText = (pairs: readonly (readonly [string, string])[]): string =>
  pairs.map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join("&");

/**
 * An operation of AWS's Query protocol: a form in, XML out. A call's `body` = its parameters; `xml` of its answer is the
 * element `<NAMEResult>`.
 * @see https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 */
export function queryOperation(
  { service, version, host }: { readonly version: string } & Pick<AwsOperation, "service" | "host">,
  name: string,
): AwsOperation {
  return {
    service,
    name,
    path: "/",
    contentType: "application/x-www-form-urlencoded",
    accept: "text/xml",
    host,
    write: (body) => formText([["Action", name], ["Version", version], ...formPairs(body, "")]),
    read(request, response, context) {
      const root = parseXml(response.body);
      const code = textOf(childOf(root, "Error"), "Code");
      const said = textOf(childOf(root, "Error"), "Message") ?? "no message";
      const told = textOf(root, "RequestId") ?? textOf(childOf(root, "ResponseMetadata"), "RequestId");
      const requestId = headerText(response, "x-amzn-requestid") || (told ?? "");
      if (root?.name === "ErrorResponse" && code !== undefined) {
        throw refusal({ code, said, requestId }, response, context);
      }
      const xml = root?.name === `${name}Response` ? childOf(root, `${name}Result`) : undefined;
      if (xml === undefined || response.status !== 200) {
        throw unexpectedResponse(request, response, `with something else than ${name} answers`);
      }
      return { body: {}, xml, requestId };
    },
  };
}

function refusal(
  { code, said, requestId }: { readonly code: string; readonly said: string; readonly requestId: string },
  { status, headers }: HttpResponse,
  { resourceIds, secrets, now }: AnswerContext,
): ProviderError {
  const kind = kindOf({ code, status, message: said });
  const [only, ...others] = resourceIds;
  // "A resource entity that does not exist" is the one that the call is about, where AWS itself says it.
  const isAboutOne = only !== undefined && others.length === 0 && requestId !== "";
  const isFinal = kind === "not-found" && isAboutOne;
  return providerError({
    code,
    kind: kind === "not-found" || kind === "resource-permanent" ? (isFinal ? kind : "unknown") : kind,
    message: `${code}: ${code.includes("Signature") ? "the signature was refused" : cleanMessage(said, secrets())}`,
    httpStatus: status,
    requestId,
    retryAfterMs: retryAfterMs(headers["retry-after"], now),
    ...(isFinal && { resourceId: only }),
  });
}
