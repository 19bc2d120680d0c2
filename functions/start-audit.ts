import { composeStartAudit } from "../lib/lambda/compose/audit.ts";
import { lambda } from "../lib/lambda/handler.ts";

const { start, telemetry } = await composeStartAudit(process.env);

/** Plans the shards of an audit run and puts them on the audit queue. */
export const handler = lambda(start, telemetry);
