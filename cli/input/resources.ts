import { InputError } from "../../lib/core/errors.ts";
import { resourceKey, type Resource, type Tags } from "../../lib/core/resource.ts";
import type { Io } from "../io.ts";
import { inputName, readText } from "./file.ts";
import { filesAt } from "./files-at.ts";
import { parseJson } from "./json-object.ts";
import { linesOf } from "./lines.ts";
import { parseResource } from "./resource-line.ts";

export interface ReadResource {
  readonly resource: Resource;
  /** The place that messages name, e.g. `resources.ndjson:7`. */
  readonly where: string;
  /** All that the line holds: of a finding, what was found. */
  readonly line: unknown;
}

const RESOURCE_FILE = /\.ndjson(?:\.gz)?$/;

/**
 * Resources from NDJSON, one at a time: a file, gzip of it, `-` for stdin, or a folder of them such as an audit's
 * findings. Throws InputError at the first bad line.
 */
export async function* readResources(path: string, io: Io): AsyncGenerator<ReadResource> {
  for (const file of await filesAt(path, RESOURCE_FILE, ".ndjson or .ndjson.gz")) {
    const name = inputName(file);
    for await (const line of linesOf(readText(file, io), name)) {
      const where = `${name}:${line.number}`;
      const value = parseJson(line.text, where);
      yield { resource: parseResource(value, where), where, line: value };
    }
  }
}

function sameTags(one: Tags | undefined, other: Tags | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return one.size === other.size && [...one].every(([key, value]) => other.get(key) === value);
}

/**
 * All resources of a file at once. A resource named twice counts once; with two different sets of tags it is an
 * error, since nobody could say which of them holds.
 */
export async function readAllResources(path: string, io: Io): Promise<{ resources: Resource[]; repeated: number }> {
  const seen = new Map<string, Omit<ReadResource, "line">>();
  let repeated = 0;
  for await (const { line: _, ...read } of readResources(path, io)) {
    const key = resourceKey(read.resource);
    const before = seen.get(key);
    if (before === undefined) {
      seen.set(key, read);
      continue;
    }
    if (!sameTags(before.resource.tags, read.resource.tags)) {
      throw new InputError(
        `${read.where}: ${read.resource.id} stands at ${before.where} already, with other tags; keep one of them`,
      );
    }
    repeated += 1;
  }
  return { resources: [...seen.values()].map(({ resource }) => resource), repeated };
}
