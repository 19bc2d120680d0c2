/** What happened, in order, for people to read. Absent where nobody will read it. */
export interface Trace {
  note(actor: string, action: string, resource: string, result: string): void;
  lines(): readonly string[];
}

export function createTrace(startAt: number, now: () => number): Trace {
  const lines: string[] = [];
  return {
    note(actor, action, resource, result) {
      const seconds = ((now() - startAt) / 1_000).toFixed(3).padStart(10);
      lines.push(`${seconds}  ${actor.padEnd(14)} ${action.padEnd(22)} ${resource.padEnd(28)} ${result}`);
    },
    lines: () => lines,
  };
}

/** At most three of these, so that a line stays a line. */
export function few(items: Iterable<string>): string {
  const all = [...items];
  return all.length <= 3 ? all.join(" ") : `${all.slice(0, 3).join(" ")} +${all.length - 3}`;
}
