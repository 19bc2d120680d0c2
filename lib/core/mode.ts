/** `report`: nothing is written. A policy has one, an account has one, and a deployment or a command has one. */
export type Mode = "enforce" | "report";

/** The mode that a text names; undefined where it names none. */
export function modeFrom(text: string): Mode | undefined {
  return text === "enforce" || text === "report" ? text : undefined;
}

/**
 * What people are told where a deployment, or a command, writes nothing whatever policies and accounts say: that it is
 * so, and how that is changed.
 */
export const WRITING_OFF = {
  says: "writing is off: under TAGWARDEN_MODE=report nothing is tagged and nothing repaired, whatever policies and accounts say",
  todo: 'when you have read what would be written, deploy with --param="mode=enforce"; for commands, unset TAGWARDEN_MODE',
} as const;

/** The same as a sentence of a report; undefined where tags may be written, or nobody knows. */
export function writingOffText(mode: Mode | undefined): string | undefined {
  if (mode !== "report") return undefined;
  const text = `${WRITING_OFF.says}. To switch it on: ${WRITING_OFF.todo}.`;
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
