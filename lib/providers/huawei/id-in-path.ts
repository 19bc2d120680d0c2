import { ProviderError } from "../../core/errors.ts";
import { percentEncode } from "../percent-encode.ts";

/** What proxies and URL parsers take for a step in a path, even where it is percent-encoded. */
const STEPS: ReadonlySet<string> = new Set([".", ".."]);

/**
 * A resource's id as one segment of a path, out of which it can't lead.
 * @throws ProviderError that rejects the resource where its id is a step in a path. https://url.spec.whatwg.org/#double-dot-path-segment
 */
export function idInPath(id: string): string {
  if (!STEPS.has(id)) return percentEncode(id);
  throw illegalId(id, `"${id}" is a step in a path, and no id of Huawei Cloud's`);
}

/** Rejects a resource for its id, before anything is sent. */
export function illegalId(id: string, message: string): ProviderError {
  const about = { kind: "resource-permanent", resourceId: id } as const;
  return new ProviderError({ ...about, code: "IllegalResourceId", message, httpStatus: 0, requestId: "" });
}
