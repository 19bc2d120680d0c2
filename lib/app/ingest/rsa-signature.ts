import { verify } from "node:crypto";
import type { CertificateKey } from "./certificates.ts";
import { base64Bytes } from "./secret-match.ts";
import { refuse, type Refusal } from "./webhook.ts";

/** Checks an RSASSA-PKCS1-v1_5 signature with SHA-256 over `signed`; says why it doesn't hold, or nothing. */
export function checkRsaSignature(
  certificate: CertificateKey,
  signature: string,
  signed: Uint8Array,
): Refusal | undefined {
  if (certificate.kind === "unavailable") {
    return refuse(503, "certificate-unavailable", "The certificate can't be fetched at the moment; send it again.");
  }
  if (certificate.kind === "unusable") return refuse(401, "certificate-unusable", `${certificate.why}.`);
  const bytes = base64Bytes(signature);
  if (bytes === undefined) return refuse(401, "signature-malformed", "The signature is not base64.");
  if (verify("RSA-SHA256", signed, certificate.key, bytes)) return undefined;
  return refuse(401, "signature-wrong", "The signature doesn't belong to this address, these headers and this body.");
}
