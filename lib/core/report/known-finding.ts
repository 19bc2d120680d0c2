import { InputError } from "../errors.ts";

/** What a later run needs to know of a finding. */
export interface KnownFinding {
  readonly id: string;
  /** The start of the first run that found it, in milliseconds since the epoch. */
  readonly firstSeen: number;
  /** Whether the run that leaves this has sent it to enforcement. */
  readonly repair: boolean;
}

/** A known finding as a line, short because there may be millions; no line feed. */
export function knownLine({ id, firstSeen, repair }: KnownFinding): string {
  return `[${JSON.stringify(id)},${firstSeen}${repair ? ",1" : ""}]`;
}

/** Reads a line that `knownLine` wrote. Throws InputError, with `where` in front, where it is something else. */
export function knownFrom(line: string, where: string): KnownFinding {
  const [id, firstSeen, repair] = parsed(line);
  if (typeof id !== "string" || typeof firstSeen !== "number") {
    throw new InputError(`${where}: is not what an audit left; remove the file`);
  }
  return { id, firstSeen, repair: repair === 1 };
}

function parsed(line: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(line);
    return Array.isArray(value) ? value : [];
  } catch {
    // The caller says which line doesn't parse.
    return [];
  }
}

const DAY_MS = 86_400_000;

/** Whether a finding is new: the run that started then found it first, or its grace is not over. */
export function isNew(firstSeen: number, startedAt: number, graceDays: number): boolean {
  return firstSeen >= startedAt || startedAt < firstSeen + graceDays * DAY_MS;
}
