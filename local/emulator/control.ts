import { InputError, messageOf } from "../../lib/core/errors.ts";
import type { ResourceRef } from "../../lib/core/resource.ts";
import { parseEmulatedResource, type EmulatedResource } from "./emulated-resource.ts";
import { parseFaults, type Fault } from "./faults.ts";
import type { HttpReply, HttpRequest, HttpService } from "./http-server.ts";
import type { TokenRequest } from "./identity-issuer.ts";
import type { World } from "./world.ts";

/** What the control endpoint may do. */
export interface Controlled {
  readonly world: World;
  create(resources: readonly EmulatedResource[]): Promise<void>;
  calls(): Record<string, number>;
  setFaults(faults: readonly Fault[]): void;
  issueToken(request: TokenRequest): string;
  reset(): void;
}

const MAX_BODY_BYTES = 256 * 1024 * 1024;

function json(status: number, body: unknown): HttpReply {
  return { status, headers: { "content-type": "application/json" }, body: `${JSON.stringify(body)}\n` };
}

function parseBody(request: HttpRequest): unknown {
  const text = request.body.toString("utf8");
  try {
    return JSON.parse(text);
  } catch (error) {
    const lines = text.split("\n").filter((line) => line.trim() !== "");
    // Resource NDJSON can be posted as it is.
    if (lines.length > 1 && lines.every((line) => line.startsWith("{"))) return lines.map((line) => parseLine(line));
    throw new InputError(`the body is not JSON: ${messageOf(error)}`);
  }
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new InputError(`the body is neither JSON nor NDJSON: ${line.slice(0, 80)}`);
  }
}

/** One line each for NDJSON, or an array; in pieces, since it may be long. */
function* listing(world: World, lines: boolean): Iterable<string> {
  let first = true;
  for (const resource of world.all()) {
    const text = JSON.stringify(resource);
    if (lines) yield `${text}\n`;
    else yield first ? `[${text}` : `,\n${text}`;
    first = false;
  }
  if (!lines) yield first ? "[]\n" : "]\n";
}

function removeMatching(world: World, query: string): HttpReply {
  const wanted = new URLSearchParams(query);
  const fields = ["type", "account", "region", "id"] as const;
  const unknown = [...wanted.keys()].find((name) => !fields.some((field) => field === name));
  if (unknown !== undefined || wanted.size === 0) {
    throw new InputError("DELETE /resources takes type, account, region and id, at least one of them");
  }
  const doomed: ResourceRef[] = [];
  for (const resource of world.all()) {
    if (fields.every((field) => (wanted.get(field) ?? resource[field]) === resource[field])) doomed.push(resource);
  }
  for (const resource of doomed) world.remove(resource);
  return json(200, { removed: doomed.length });
}

function parseTokenRequest(body: unknown): TokenRequest {
  const { audience, subject, seconds, ...unknown } = Object(body) as Record<string, unknown>;
  const isText = (value: unknown): value is string | undefined => value === undefined || typeof value === "string";
  const isTime = (value: unknown): value is number | undefined => value === undefined || Number.isSafeInteger(value);
  if (!isText(audience) || !isText(subject) || !isTime(seconds) || Object.keys(unknown).length > 0) {
    throw new InputError("POST /tokens takes audience and subject, both text, and seconds, a whole number");
  }
  return {
    ...(audience !== undefined && { audience }),
    ...(subject !== undefined && { subject }),
    ...(seconds !== undefined && { seconds }),
  };
}

async function route(request: HttpRequest, controlled: Controlled): Promise<HttpReply> {
  const { world } = controlled;
  switch (`${request.method} ${request.path}`) {
    case "GET /resources": {
      const lines = (request.headers.accept ?? "").includes("ndjson");
      const type = lines ? "application/x-ndjson" : "application/json";
      return { status: 200, headers: { "content-type": type }, body: listing(world, lines) };
    }
    case "POST /resources": {
      const body = parseBody(request);
      const values = Array.isArray(body) ? body : [body];
      const resources = values.map((value, index) => parseEmulatedResource(value, `resources[${index}]`));
      await controlled.create(resources);
      return json(201, { created: resources.length });
    }
    case "DELETE /resources":
      return removeMatching(world, request.query);
    case "GET /calls":
      return json(200, controlled.calls());
    case "PUT /faults": {
      const faults = parseFaults(parseBody(request));
      controlled.setFaults(faults);
      return json(200, { faults: faults.length });
    }
    case "POST /tokens":
      return json(201, { token: controlled.issueToken(parseTokenRequest(parseBody(request))) });
    case "POST /reset":
      controlled.reset();
      return json(200, { reset: true });
    default: {
      const known = "GET|POST|DELETE /resources, GET /calls, PUT /faults, POST /reset, POST /tokens";
      return json(404, { error: `no ${request.method} ${request.path} here; there is ${known}` });
    }
  }
}

/** The endpoint through which tests and tools in any language arrange the embedded cloud. */
export function createControlService(controlled: Controlled): HttpService {
  return {
    maxBodyBytes: MAX_BODY_BYTES,
    async handle(request) {
      try {
        return await route(request, controlled);
      } catch (error) {
        if (error instanceof InputError) return json(400, { error: error.message });
        throw error;
      }
    },
    refuse: (status) => json(status, { error: status === 413 ? "the body is too large" : "the emulator failed" }),
  };
}
