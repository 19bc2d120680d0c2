import { composePublishReport } from "../lib/lambda/compose/audit.ts";
import { lambda } from "../lib/lambda/handler.ts";
import { sqsBatch } from "../lib/lambda/sqs/batch.ts";

const { parse, work, batch, telemetry } = await composePublishReport(process.env);

/** Merges the shards of a finished run into its report. */
export const handler = lambda(sqsBatch(parse, work, batch), telemetry);
