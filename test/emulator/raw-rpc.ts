import { createHmac, randomUUID } from "node:crypto";
import type { EmulatorDescription } from "../../local/emulator/description.ts";

/** How a request differs from a perfect one. */
export interface RpcVariation {
  readonly method?: string;
  readonly timestamp?: string;
  readonly nonce?: string;
  readonly keyId?: string;
  readonly secret?: string;
  /** Send the parameters in a form body instead of the query. */
  readonly form?: boolean;
}

export interface RpcAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
  json(): Record<string, unknown>;
}

const encode = (text: string) =>
  encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

/** A request with a version 1 signature, computed here and not by the emulator's code. */
export async function rpc(
  description: EmulatorDescription,
  parameters: Readonly<Record<string, string>>,
  variation: RpcVariation = {},
): Promise<RpcAnswer> {
  const method = variation.method ?? "POST";
  const all: Record<string, string> = {
    Version: "2016-07-14",
    AccessKeyId: variation.keyId ?? description.alibaba.accessKeyId,
    SignatureMethod: "HMAC-SHA1",
    SignatureVersion: "1.0",
    SignatureNonce: variation.nonce ?? randomUUID(),
    Timestamp: variation.timestamp ?? `${new Date().toISOString().slice(0, 19)}Z`,
    ...parameters,
  };
  const canonical = Object.keys(all)
    .sort()
    .map((name) => `${encode(name)}=${encode(all[name] ?? "")}`)
    .join("&");
  const signature = createHmac("sha1", `${variation.secret ?? description.alibaba.accessKeySecret}&`)
    .update(`${method}&%2F&${encode(canonical)}`)
    .digest("base64");
  const signed = `${canonical}&Signature=${encode(signature)}`;
  const url = description.alibaba.endpoint;
  const response =
    variation.form === true
      ? await fetch(`${url}/`, {
          method,
          headers: { "content-type": "application/x-www-form-urlencoded" },
          body: signed,
        })
      : await fetch(`${url}/?${signed}`, { method });
  const text = await response.text();
  return {
    status: response.status,
    contentType: response.headers.get("content-type") ?? "",
    text,
    json: () => JSON.parse(text) as Record<string, unknown>,
  };
}
