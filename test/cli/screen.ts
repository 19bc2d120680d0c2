import { Readable } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import type { RawIo, RawOutput } from "../../cli/io.ts";
import { main } from "../../cli/main.ts";

export interface Screen {
  readonly code: number;
  /** What stands there in the end, results and messages in the order in which they came. */
  readonly text: string;
}

/** Runs the command line on a terminal of this width, on which a line that was drawn again shows its last text alone. */
export async function onScreen(
  argv: readonly string[],
  columns: number,
  { stdin, env = {} }: { readonly stdin?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Screen> {
  let text = "";
  const output: RawOutput = {
    terminal: true,
    columns,
    write: async (more) => void (text += more),
    redraw: async (line) => void (text = text.slice(0, text.lastIndexOf("\n") + 1) + line),
  };
  const io: RawIo = {
    stdin: Readable.from(stdin === undefined ? [] : [Buffer.from(stdin)]),
    stdout: output,
    stderr: output,
    env,
    signal: new AbortController().signal,
  };
  const code = await main(argv, io);
  return { code, text };
}

/** The lines of a screen, without their colours. */
export function linesOf({ text }: Screen): readonly string[] {
  return stripVTControlCharacters(text).split("\n");
}
