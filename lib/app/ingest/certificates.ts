import { X509Certificate, type KeyObject } from "node:crypto";
import { messageOf } from "../../core/errors.ts";
import type { FetchText } from "../ports/ingest.ts";

/** How long a certificate is used without being fetched again. */
const KEPT_MS = 3_600_000;
/** How long an address that gave none is left alone, so that forged requests don't make us call it each time. */
const FAILURE_KEPT_MS = 5_000;
/** A cloud signs with one or two at a time; more addresses than this are somebody's invention. */
const MOST_KEPT = 16;
const LEAST_BITS = 2048;

export type CertificateKey =
  | { readonly kind: "key"; readonly key: KeyObject }
  /** It may be there in a moment. */
  | { readonly kind: "unavailable"; readonly why: string }
  | { readonly kind: "unusable"; readonly why: string };

interface KeptKey {
  readonly until: number;
  readonly key: Promise<CertificateKey>;
}

type Kept = Map<string, KeptKey>;

/** The public keys of certificates, by the address that a sender names; fetched once an hour. */
export function certificateKeys(fetchText: FetchText): (url: string, now: number) => Promise<CertificateKey> {
  // Apart, so that addresses that somebody invents never push out a certificate that is in use.
  const good: Kept = new Map();
  const tried: Kept = new Map();

  const fetchKey = async (url: string, now: number): Promise<CertificateKey> => {
    let pem: string;
    try {
      pem = await fetchText(url);
    } catch (error) {
      return { kind: "unavailable", why: messageOf(error) };
    }
    return keyOf(pem, now);
  };

  const current = (kept: Kept, url: string, now: number) => {
    const known = kept.get(url);
    return known !== undefined && now < known.until ? known.key : undefined;
  };

  return async (url, now) => {
    const known = current(good, url, now) ?? current(tried, url, now);
    if (known !== undefined) return known;
    const key = fetchKey(url, now);
    // Until it is known to be good it is kept as a failure is; requests that come meanwhile share the one fetch.
    keep(tried, url, { until: now + FAILURE_KEPT_MS, key });
    const found = await key;
    if (found.kind === "key") {
      tried.delete(url);
      keep(good, url, { until: now + KEPT_MS, key });
    }
    return found;
  };
}

function keep(kept: Kept, url: string, entry: KeptKey): void {
  kept.delete(url);
  kept.set(url, entry);
  for (const oldest of kept.keys()) {
    if (kept.size <= MOST_KEPT) break;
    kept.delete(oldest);
  }
}

/** The key of a PEM certificate that is valid now. The host it came from, over TLS, is what vouches for it. */
function keyOf(pem: string, now: number): CertificateKey {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
  } catch {
    return { kind: "unusable", why: "what was fetched is no certificate" };
  }
  if (now < certificate.validFromDate.getTime()) return { kind: "unusable", why: "the certificate isn't valid yet" };
  if (now > certificate.validToDate.getTime()) return { kind: "unusable", why: "the certificate has expired" };
  const key = certificate.publicKey;
  if (key.asymmetricKeyType !== "rsa" || (key.asymmetricKeyDetails?.modulusLength ?? 0) < LEAST_BITS) {
    return { kind: "unusable", why: `the certificate's key isn't RSA of at least ${LEAST_BITS} bits` };
  }
  return { kind: "key", key };
}
