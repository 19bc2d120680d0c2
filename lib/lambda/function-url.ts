import type { LambdaFunctionURLEvent, LambdaFunctionURLResult } from "aws-lambda";
import type { WebhookAnswer } from "../app/ingest/ingest.ts";
import type { WebhookRequest } from "../app/ingest/webhook.ts";

/**
 * A request to a function URL, as the use case knows it.
 * https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
 *
 * The address is the one that Lambda itself reports, not the Host header that the caller writes; `publicUrl` takes its
 * place where senders reach the function by another name.
 */
export function readRequest(
  event: LambdaFunctionURLEvent,
  options: { readonly receivedAt: number; readonly publicUrl?: string | undefined },
): WebhookRequest {
  const { rawPath: path, rawQueryString: query, requestContext, isBase64Encoded } = event;
  const headers = Object.entries(event.headers).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const base = options.publicUrl ?? `https://${requestContext.domainName}`;
  return {
    method: requestContext.http.method,
    path,
    url: `${base}${path}${query === "" ? "" : `?${query}`}`,
    headers: new Map(headers.map(([name, value]) => [name.toLowerCase(), value])),
    body: Buffer.from(event.body ?? "", isBase64Encoded ? "base64" : "utf8"),
    receivedAt: options.receivedAt,
  };
}

/** The answer in the shape that a function URL returns. */
export function writeAnswer({ status, body }: WebhookAnswer): LambdaFunctionURLResult {
  return {
    statusCode: status,
    headers: { "content-type": "application/json", "cache-control": "no-store" },
    body: JSON.stringify(body),
  };
}
