import * as z from "zod/mini";
import type { ShardMessage } from "../../app/ports/audit-queue.ts";
import { PROVIDERS } from "../../core/resource.ts";
import { parseOwn } from "./own-message.ts";

const text = z.string().check(z.minLength(1));

const shardMessage = z.object({
  run: text,
  at: z.number(),
  policyHash: text,
  startedAt: z.number(),
  previous: z.optional(text),
  repair: z.optional(z.literal(false)),
  shard: z.object({
    id: text,
    provider: z.enum(PROVIDERS),
    account: text,
    region: text,
    regions: z.optional(z.array(text)),
    alsoGlobal: z.optional(z.literal(true)),
    service: text,
    types: z.array(text),
    only: z.optional(z.array(text)),
  }),
  checkpoint: z.optional(text),
});

const reportMessage = z.object({ run: text });

/** Reads a message of the audit queue. Throws an InputError that names the fields which are wrong. */
export function parseShardMessage(body: string): ShardMessage {
  const { checkpoint, previous, repair, shard, ...rest } = parseOwn(shardMessage, body);
  const { only, regions, alsoGlobal, ...plain } = shard;
  return {
    ...rest,
    shard: {
      ...plain,
      ...(only === undefined ? {} : { only }),
      ...(regions === undefined ? {} : { regions }),
      ...(alsoGlobal === undefined ? {} : { alsoGlobal }),
    },
    ...(previous === undefined ? {} : { previous }),
    ...(repair === undefined ? {} : { repair }),
    ...(checkpoint === undefined ? {} : { checkpoint }),
  };
}

/** Reads a message of the report queue: the run whose report is due. Throws an InputError. */
export function parseReportMessage(body: string): string {
  return parseOwn(reportMessage, body).run;
}
