import * as z from "zod/mini";
import type { ShardMessage } from "../../app/ports/audit-queue.ts";
import { InputError } from "../../core/errors.ts";
import { PROVIDERS } from "../../core/resource.ts";
import type { Telemetry } from "../telemetry.ts";
import type { MessageEnvelope, MessageSettlement } from "./batch.ts";

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
  const { checkpoint, previous, repair, shard, ...rest } = read(shardMessage, body);
  const { only, alsoGlobal, ...plain } = shard;
  return {
    ...rest,
    shard: {
      ...plain,
      ...(only === undefined ? {} : { only }),
      ...(alsoGlobal === undefined ? {} : { alsoGlobal }),
    },
    ...(previous === undefined ? {} : { previous }),
    ...(repair === undefined ? {} : { repair }),
    ...(checkpoint === undefined ? {} : { checkpoint }),
  };
}

/** Reads a message of the report queue: the run whose report is due. Throws an InputError. */
export function parseReportMessage(body: string): string {
  return read(reportMessage, body).run;
}

function read<Schema extends z.ZodMiniType>(schema: Schema, body: string): z.infer<Schema> {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw new InputError("the message is not JSON");
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const fields = result.error.issues.map(({ path }) => path.map(String).join(".") || "the message");
  throw new InputError(`the message is none of ours; wrong or missing: ${[...new Set(fields)].join(", ")}`);
}

/** How a single message ends. */
type Ending = "acknowledge" | { readonly sendAgainAfterMs: number };

/** Settles messages one by one, each by its own work. What throws is logged and comes back. */
export async function settleEach<Job extends MessageEnvelope>(
  jobs: readonly Job[],
  { log }: Pick<Telemetry, "log">,
  work: (job: Job) => Promise<Ending>,
): Promise<MessageSettlement[]> {
  const settlements: MessageSettlement[] = [];
  for (const job of jobs) {
    const { messageId, receiveCount } = job;
    try {
      const ending = await work(job);
      settlements.push(
        ending === "acknowledge"
          ? { messageId, action: ending }
          : { messageId, action: "send-again", delaySeconds: ending.sendAgainAfterMs / 1000 },
      );
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      log.error("message failed and comes back", { messageId, receiveCount, reason });
      settlements.push({ messageId, action: "redeliver", reason });
    }
  }
  return settlements;
}
