import { composeSendAlerts } from "../lib/lambda/compose/alerts.ts";
import { lambda } from "../lib/lambda/handler.ts";
import { sqsBatch } from "../lib/lambda/sqs/batch.ts";

const { parse, work, batch, telemetry } = await composeSendAlerts(process.env);

/** Records what was raised, and sends to its channels what people have to be told. */
export const handler = lambda(sqsBatch(parse, work, batch), telemetry);
