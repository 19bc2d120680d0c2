import type { FetchText } from "../app/ports/ingest.ts";

export interface HttpsTextOptions {
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

/** Gets a text of 2xx, without following redirects. Throws an Error that says why there is none. */
export function httpsText({ timeoutMs, maxBytes }: HttpsTextOptions): FetchText {
  return async (url) => {
    const response = await fetch(url, { redirect: "error", signal: AbortSignal.timeout(timeoutMs) }).catch(
      (error: unknown) => {
        throw new Error(`${new URL(url).host} gave no answer: ${reasonOf(error)}`, { cause: error });
      },
    );
    if (!response.ok) {
      await response.body?.cancel();
      throw new Error(`${new URL(url).host} answered ${response.status}`);
    }
    const parts: Uint8Array[] = [];
    let bytes = 0;
    for await (const part of response.body ?? []) {
      bytes += part.byteLength;
      // Leaving the loop cancels the rest.
      if (bytes > maxBytes) throw new Error(`${new URL(url).host} answered with more than ${maxBytes} bytes`);
      parts.push(part);
    }
    return Buffer.concat(parts).toString("utf8");
  };
}

/** `fetch` hides what went wrong behind "fetch failed". */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
