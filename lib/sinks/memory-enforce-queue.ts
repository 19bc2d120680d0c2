import type { EnforceQueue } from "../app/ports/enforce-queue.ts";

/** A queue in memory, for tests and for one process. */
export function memoryEnforceQueue(): EnforceQueue & { readonly bodies: string[] } {
  const bodies: string[] = [];
  return {
    bodies,
    async send(more) {
      bodies.push(...more);
    },
  };
}
