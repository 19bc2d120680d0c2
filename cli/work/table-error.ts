import { InputError, messageOf } from "../../lib/core/errors.ts";

/** What it means for the user that a deployed service's table gave no answer. */
export function tableError(table: string, cause: unknown): InputError {
  const reason = messageOf(cause);
  const advice = "Check --table, AWS_REGION and the credentials of the AWS SDK's chain.";
  return new InputError(`the table ${table} can't be read: ${reason}. ${advice}`, { cause });
}
