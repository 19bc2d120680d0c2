import type { HttpRequest } from "../http-server.ts";

/** One `Tag.N`: either part may be missing. */
export interface TagParameter {
  readonly key: string | undefined;
  readonly value: string | undefined;
}

/** The parameters of an RPC request, from its query and its form body alike. */
export interface Parameters {
  readonly all: ReadonlyMap<string, string>;
  get(name: string): string | undefined;
  /** `Name.1`, `Name.2`, … in numeric order; gaps don't matter, and there is no `Name.0`. */
  list(name: string): readonly string[];
  /** `Name.N.Key` and `Name.N.Value`. */
  tags(name: string): readonly TagParameter[];
}

const INDEX = /^[1-9][0-9]{0,8}$/;

function isForm(request: HttpRequest): boolean {
  return (request.headers["content-type"] ?? "").toLowerCase().startsWith("application/x-www-form-urlencoded");
}

export function readParameters(request: HttpRequest): Parameters {
  const all = new Map(new URLSearchParams(request.query));
  if (isForm(request)) {
    for (const [name, value] of new URLSearchParams(request.body.toString("utf8"))) all.set(name, value);
  }

  /** What follows `name.`, by index. */
  function indexed(name: string): [index: number, rest: string, value: string][] {
    const found: [number, string, string][] = [];
    for (const [parameter, value] of all) {
      if (!parameter.startsWith(`${name}.`)) continue;
      const [index = "", ...rest] = parameter.slice(name.length + 1).split(".");
      if (INDEX.test(index)) found.push([Number(index), rest.join("."), value]);
    }
    return found.sort((a, b) => a[0] - b[0]);
  }

  return {
    all,
    get: (name) => all.get(name),
    list: (name) => indexed(name).flatMap(([, rest, value]) => (rest === "" ? [value] : [])),
    tags(name) {
      const byIndex = new Map<number, { key: string | undefined; value: string | undefined }>();
      for (const [index, rest, value] of indexed(name)) {
        if (rest !== "Key" && rest !== "Value") continue;
        const tag = byIndex.get(index) ?? { key: undefined, value: undefined };
        if (rest === "Key") tag.key = value;
        else tag.value = value;
        byIndex.set(index, tag);
      }
      return [...byIndex.values()];
    },
  };
}
