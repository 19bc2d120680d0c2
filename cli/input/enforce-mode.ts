import { InputError } from "../../lib/core/errors.ts";
import { modeFrom, type Mode } from "../../lib/core/mode.ts";
import type { Io } from "../io.ts";

/**
 * `TAGWARDEN_MODE=report` overrides every policy and account at once: nothing is written. Where nobody has set it, a
 * command writes that says `--apply`; a deployed function doesn't, which nobody has told to.
 */
export function modeOf(env: Io["env"]): Mode {
  const text = env["TAGWARDEN_MODE"] ?? "enforce";
  const mode = modeFrom(text);
  if (mode === undefined) throw new InputError(`TAGWARDEN_MODE=${text}: must be enforce or report`);
  return mode;
}
