import { composeEnforce } from "../lib/lambda/compose/enforce.ts";
import { lambda } from "../lib/lambda/handler.ts";
import { sqsBatch } from "../lib/lambda/sqs/batch.ts";

const { parseResourceCreated, enforce, batch, telemetry } = await composeEnforce(process.env);

/** Tags each newly created resource that lacks a required tag. */
export const handler = lambda(sqsBatch(parseResourceCreated, enforce, batch), telemetry);
