import { errorText } from "../../lib/core/errors.ts";
import { countText } from "../../lib/core/report/figures.ts";
import { plainText, type Io } from "../io.ts";

/** Why one thing has to be tried again. */
export interface Reason {
  readonly code?: string;
  readonly message?: string;
}

const MOST_REASONS = 3;

/**
 * Tells on stderr what is waited for, and why, before each wait: whoever has given a wrong key should not find out when
 * the time is up. `what` is one of the things that wait.
 */
export function tellWait(what: string, maxSeconds: number, io: Pick<Io, "stderr">) {
  return (waiting: readonly Reason[], ms: number): void => {
    const byCode = [...Map.groupBy(waiting, ({ code = "" }) => code)];
    const reasons = byCode.slice(0, MOST_REASONS).map(([code, [first]]) => errorText(code, first?.message ?? ""));
    const more = byCode.length - reasons.length;
    if (more > 0) reasons.push(`and ${countText(more, "other reason")}`);
    const when = `in ${Math.ceil(ms / 1_000)} s, until ${maxSeconds} s are over (--max-seconds)`;
    const line = `tagwarden: ${countText(waiting.length, what)} to try again ${when}: ${reasons.join("; ")}`;
    // Whoever stopped reading this still gets the results.
    io.stderr.write(`${plainText(line)}\n`).catch(() => undefined);
  };
}
