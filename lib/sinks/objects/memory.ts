import type { ObjectStore } from "../../app/ports/objects.ts";
import { checkObjectName } from "./name.ts";

/** Objects that live as long as the process. */
export function memoryObjects(): ObjectStore {
  const objects = new Map<string, Uint8Array>();
  return {
    async put(name, body) {
      checkObjectName(name);
      objects.set(name, Uint8Array.from(body));
    },
    async get(name) {
      const body = objects.get(name);
      return body && Uint8Array.from(body);
    },
    async list(prefix) {
      return [...objects.keys()].filter((name) => name.startsWith(prefix)).sort();
    },
    async remove(names) {
      for (const name of names) objects.delete(name);
    },
  };
}
