import { plainText, type Io } from "../io.ts";
import { wrapped } from "./text-cell.ts";

/** What every terminal has. */
const TEXT_WIDTH = 80;

/** Prints under a table what is to be said of some of its rows: a column for it would take the room of all others. */
export async function writeNotes(
  rows: Iterable<{ readonly name: string; readonly note?: string }>,
  { stdout }: Pick<Io, "stdout">,
): Promise<void> {
  for (const { name, note } of rows) {
    if (note === undefined) continue;
    const lines = wrapped(plainText(`${name}: ${note}`), Math.min(TEXT_WIDTH, stdout.columns ?? TEXT_WIDTH) - 2);
    await stdout.write(`${lines.map((line, index) => (index === 0 ? line : `  ${line}`)).join("\n")}\n`);
  }
}
