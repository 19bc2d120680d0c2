import type * as z from "zod/mini";
import { InputError } from "../../core/errors.ts";

/** Reads a message that we have sent ourselves. Throws an InputError that names the fields which are wrong. */
export function parseOwn<Schema extends z.ZodMiniType>(schema: Schema, body: string): z.infer<Schema> {
  const result = schema.safeParse(parseMessage(body));
  if (result.success) return result.data;
  const fields = result.error.issues.map(({ path }) => path.map(String).join(".") || "the message");
  throw new InputError(`the message is none of ours; wrong or missing: ${[...new Set(fields)].join(", ")}`);
}

/** What a body holds. Throws an InputError where it is no JSON. */
export function parseMessage(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new InputError("the message is not JSON");
  }
}
