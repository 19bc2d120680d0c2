import { composeSendAlerts } from "../lib/lambda/compose/alerts.ts";
import { lambda } from "../lib/lambda/handler.ts";
import { sqsBatch } from "../lib/lambda/sqs/batch.ts";

const { parse, work, batch, telemetry } = await composeSendAlerts(process.env);

/** Takes down what was raised, and sends what people have to be told to their channels. */
export const handler = lambda(sqsBatch(parse, work, batch), telemetry);
