declare module "dynalite" {
  import type { Server } from "node:http";

  /** DynamoDB over HTTP: in memory, or under `path` on disk. */
  export default function dynalite(options: {
    path?: string;
    createTableMs?: number;
    deleteTableMs?: number;
    updateTableMs?: number;
  }): Server;
}
