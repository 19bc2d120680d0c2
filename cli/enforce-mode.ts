import { InputError } from "../lib/core/errors.ts";
import type { Io } from "./io.ts";

/** `TAGWARDEN_MODE=report` overrides every policy and account at once: nothing is written. */
export function modeOf(env: Io["env"]): "enforce" | "report" {
  const mode = env["TAGWARDEN_MODE"] ?? "enforce";
  if (mode === "enforce" || mode === "report") return mode;
  throw new InputError(`TAGWARDEN_MODE=${mode}: must be enforce or report`);
}
