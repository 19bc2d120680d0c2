import type { EventQueue } from "../../app/ports/ingest.ts";

/** A queue in memory, for tests and for one process. */
export function memoryEnforceQueue(): EventQueue & { readonly bodies: string[] } {
  const bodies: string[] = [];
  return {
    bodies,
    async send(more) {
      bodies.push(...more);
    },
  };
}
