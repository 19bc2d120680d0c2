import { EVENTBRIDGE_REGIONS } from "./alibaba-regions.ts";
import type { CertificateKey } from "./certificates.ts";
import { eventsOf, textOf } from "./event-texts.ts";
import { knownSecret, type SecretSource } from "./known-secret.ts";
import { isPinned } from "./pinned-url.ts";
import { checkRsaSignature } from "./rsa-signature.ts";
import { isOneOf } from "./secret-match.ts";
import { refuse, type Refusal, type Admission, type WebhookRequest, type WebhookSource } from "./webhook.ts";

/** Requests older or younger than this are refused. */
const WINDOW_MS = 60_000;

const PREFIX = "x-eventbridge-signature";
/** In the order in which they are signed. */
const SIGNED_HEADERS = [
  `${PREFIX}-timestamp`,
  "x-eventbridge-hash-method",
  `${PREFIX}-version`,
  `${PREFIX}-url`,
  `${PREFIX}-token`,
] as const;

export interface AlibabaEventBridgeOptions {
  /** The tokens that the target is configured with: any customer's EventBridge signs, and only ours knows them. */
  readonly tokens: SecretSource;
  readonly certificates: (url: string, now: number) => Promise<CertificateKey>;
  /** Those of our accounts: EventBridge may have come to one of them since. */
  readonly regions?: readonly string[];
}

/**
 * HTTP targets of Alibaba Cloud EventBridge, signature version 2: RSA-SHA256 over the address, five headers in a fixed
 * order and the raw body. https://www.alibabacloud.com/help/en/eventbridge/user-guide/route-events-to-http-and-https
 */
export function alibabaEventBridge(options: AlibabaEventBridgeOptions): WebhookSource {
  const host = certificateHost([...EVENTBRIDGE_REGIONS, ...(options.regions ?? [])]);
  const isKnown = knownSecret(options.tokens);
  return {
    sender: "alibabaEventBridge",
    path: "/alibaba/eventbridge",
    verify: async (request) => {
      const header = readHeaders(request, host);
      if ("kind" in header) return header;
      // Only who knows the token makes us fetch a certificate.
      if (!(await isKnown((tokens) => isOneOf(header.token, tokens), request.receivedAt))) {
        return refuse(401, "token-wrong", `The header ${PREFIX}-token is not the configured token.`);
      }
      const certificate = await options.certificates(header.certificateUrl, request.receivedAt);
      const forged = checkRsaSignature(certificate, header.signature, stringToSign(request));
      return forged ?? acceptEvents(request, header.signature);
    },
  };
}

interface SignatureHeaders {
  readonly signature: string;
  readonly token: string;
  readonly certificateUrl: string;
}

/** Regions are letters, digits and hyphens, as the configuration's check has seen to. */
function certificateHost(regions: readonly string[]): RegExp {
  return new RegExp(`^(${regions.join("|")})-eventbridge\\.oss-accelerate\\.aliyuncs\\.com$`);
}

function readHeaders({ headers, receivedAt }: WebhookRequest, certificateHosts: RegExp): SignatureHeaders | Refusal {
  const signature = headers.get(`${PREFIX}-v2`);
  if (signature === undefined) {
    return headers.has(PREFIX)
      ? refuse(401, "signature-version", "Signatures of the first version (HMAC-SHA1) are not accepted.")
      : refuse(401, "unsigned", `The header ${PREFIX}-v2 is missing.`);
  }
  if (headers.get(`${PREFIX}-version`) !== "1.0" || headers.get("x-eventbridge-hash-method") !== "SHA256") {
    return refuse(401, "signature-version", "Only version 1.0 with SHA256 is accepted.");
  }
  const timestamp = headers.get(`${PREFIX}-timestamp`) ?? "";
  if (!/^[0-9]{13}$/.test(timestamp)) {
    return refuse(401, "timestamp-malformed", `The header ${PREFIX}-timestamp is not a time in milliseconds.`);
  }
  if (Math.abs(receivedAt - Number(timestamp)) > WINDOW_MS) {
    return refuse(401, "stale", "The request was signed more than 60 seconds ago, or in the future.");
  }
  const certificateUrl = headers.get(`${PREFIX}-url`) ?? "";
  if (!isPinned(certificateUrl, certificateHosts)) {
    return refuse(401, "certificate-host", `The header ${PREFIX}-url leads to no host of EventBridge's certificates.`);
  }
  const token = headers.get(`${PREFIX}-token`);
  if (token === undefined) return refuse(401, "token-missing", `The header ${PREFIX}-token is missing.`);
  return { signature, token, certificateUrl };
}

function stringToSign({ url, headers, body }: WebhookRequest): Uint8Array {
  const lines = SIGNED_HEADERS.map((name) => `${name}: ${headers.get(name) ?? ""}`);
  return Buffer.concat([Buffer.from(`${[url, ...lines].join("\n")}\n`, "utf8"), body]);
}

function acceptEvents({ body }: WebhookRequest, signature: string): Admission {
  const text = textOf(body);
  const events = text === undefined ? undefined : eventsOf(text);
  if (events === undefined) {
    return refuse(400, "no-event", "The body is no CloudEvent: let the target pass on the complete event.");
  }
  return { kind: "events", events, nonce: `alibaba ${signature}`, freshMs: 2 * WINDOW_MS };
}
