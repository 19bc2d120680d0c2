import type { Cloud } from "../cloud.ts";
import type { HttpService } from "../http-server.ts";

export function createHuaweiService(_cloud: Cloud, _region: string): HttpService {
  const reply = { status: 404, headers: {}, body: "" };
  return { maxBodyBytes: 0, handle: () => reply, refuse: () => reply };
}
