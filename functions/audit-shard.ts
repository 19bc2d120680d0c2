import { composeAuditShard } from "../lib/lambda/compose/audit.ts";
import { lambda } from "../lib/lambda/handler.ts";
import { sqsBatch } from "../lib/lambda/sqs/batch.ts";

const { parse, work, batch, telemetry } = await composeAuditShard(process.env);

/** Lists, evaluates and records one shard of a run, and hands on what is left of it. */
export const handler = lambda(sqsBatch(parse, work, batch), telemetry);
