import { Writable, type Readable } from "node:stream";
import { Cancelled, type Io } from "../../io.ts";

/** Asks somebody at a terminal. Each question throws Cancelled where they want no more. */
export interface Dialog {
  /** Some of these, at least one. */
  choose<Value extends string>(question: string, options: readonly Choice<Value>[]): Promise<readonly Value[]>;
  /** One of these. */
  chooseOne<Value extends string>(question: string, options: readonly Choice<Value>[]): Promise<Value>;
  /** A line of text; `problem` says what is wrong with it. */
  text(question: string, options: TextOptions): Promise<string>;
}

export interface Choice<Value extends string> {
  readonly value: Value;
  readonly label: string;
  /** What to take where they only press Enter. */
  readonly preset?: boolean;
}

export interface TextOptions {
  /** Stands there already. An example doesn't: what looks as if it were typed is taken for an answer. */
  readonly preset?: string;
  readonly problem: (text: string) => string | undefined;
}

/** Undefined where nobody can be asked. */
export async function openDialog({ person, signal, stderr }: Io): Promise<Dialog | undefined> {
  if (person === undefined) return undefined;
  const { multiselect, select, text } = await import("@clack/prompts");
  const { input } = person;
  // The library colours by the environment alone, and knows of no flag.
  const output = stderr.colours ? person.output : new Colourless(person.output);
  const answerTo = <Value extends string | string[]>(ask: (common: Asked) => Promise<Value | symbol>) =>
    answered(input, signal, (until) => ask({ input, output, signal: until }));
  return {
    async choose<Value extends string>(message: string, options: readonly Choice<Value>[]) {
      const values = options.map(({ value }) => value);
      const initialValues = options.flatMap(({ value, preset }) => (preset === true ? [value] : []));
      const shown = options.map(({ value, label }) => ({ value: value as string, label }));
      const chosen = await answerTo((common) => multiselect({ ...common, message, options: shown, initialValues }));
      return values.filter((value) => chosen.includes(value));
    },
    async chooseOne<Value extends string>(message: string, options: readonly Choice<Value>[]) {
      const shown = options.map(({ value, label }) => ({ value: value as string, label }));
      const preset = options.find((one) => one.preset === true);
      const chosen = await answerTo<string>((common) =>
        select({ ...common, message, options: shown, ...(preset && { initialValue: preset.value }) }),
      );
      const found = options.find(({ value }) => value === chosen);
      if (found === undefined) throw new Error(`no such choice: ${chosen}`);
      return found.value;
    },
    async text(message, { preset, problem }) {
      const answer = await answerTo<string>((common) =>
        text({
          ...common,
          message,
          ...(preset !== undefined && { initialValue: preset }),
          validate: (given) => problem((given ?? "").trim()),
        }),
      );
      return answer.trim();
    },
  };
}

interface Asked {
  readonly input: Readable;
  readonly output: Writable;
  readonly signal: AbortSignal;
}

/**
 * The answer to one question. Throws Cancelled where somebody leaves instead: the library answers Esc and Ctrl-C with a
 * symbol, and never answers once its reading has ended, as Ctrl-D and a terminal that goes away end it. That pauses the
 * input, but so does an answer, which has come by the time that the loop's next turn begins.
 */
async function answered<Value extends string | string[]>(
  input: Readable,
  signal: AbortSignal,
  ask: (until: AbortSignal) => Promise<Value | symbol>,
): Promise<Value> {
  // One for each question, as the library never takes its listener away.
  const left = new AbortController();
  const leave = (): void => left.abort();
  let next: NodeJS.Immediate | undefined;
  const ended = (): void => void (next ??= setImmediate(leave));
  signal.addEventListener("abort", leave);
  input.on("pause", ended).on("end", ended);
  try {
    if (signal.aborted || input.readableEnded) throw new Cancelled();
    const answer = await ask(left.signal);
    if (typeof answer === "symbol") throw new Cancelled();
    return answer;
  } finally {
    signal.removeEventListener("abort", leave);
    input.off("pause", ended).off("end", ended);
    clearImmediate(next);
  }
}

/** Colours and other looks of text; what moves the cursor stays. */
// eslint-disable-next-line no-control-regex
const LOOKS = /\u001b\[[\d;]*m/g;

interface Sized {
  readonly columns?: number;
  readonly rows?: number;
}

/** The same terminal, without colours. */
class Colourless extends Writable {
  readonly #terminal: Writable & Sized;

  constructor(terminal: Writable & Sized) {
    super({ decodeStrings: false });
    this.#terminal = terminal;
    terminal.on("resize", () => this.emit("resize"));
  }

  get columns(): number | undefined {
    return this.#terminal.columns;
  }

  get rows(): number | undefined {
    return this.#terminal.rows;
  }

  override _write(text: string | Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#terminal.write(text.toString().replaceAll(LOOKS, ""));
    // Not once it is written: nothing that others write there may come in between.
    done();
  }
}
