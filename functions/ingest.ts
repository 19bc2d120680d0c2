import { composeIngest } from "../lib/lambda/compose/ingest.ts";
import { lambda } from "../lib/lambda/handler.ts";

const { receive, telemetry } = await composeIngest(process.env);

/** Checks who sent a webhook, and puts its events on the queue before it answers. */
export const handler = lambda(receive, telemetry);
