import { Cancelled, type Io } from "../io.ts";

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
  /** Stands there already. */
  readonly preset?: string;
  readonly example?: string;
  readonly problem: (text: string) => string | undefined;
}

/** Undefined where nobody can be asked. */
export async function openDialog({ person, signal }: Io): Promise<Dialog | undefined> {
  if (person === undefined) return undefined;
  const { multiselect, select, text } = await import("@clack/prompts");
  const common = { input: person.input, output: person.output, signal };
  // The library's answer to Ctrl-C is a symbol.
  const answered = <Value extends string | string[]>(answer: Value | symbol): Value => {
    if (typeof answer === "symbol") throw new Cancelled();
    return answer;
  };
  return {
    async choose<Value extends string>(message: string, options: readonly Choice<Value>[]) {
      const values = options.map(({ value }) => value);
      const initialValues = options.flatMap(({ value, preset }) => (preset === true ? [value] : []));
      const shown = options.map(({ value, label }) => ({ value: value as string, label }));
      const chosen = answered(await multiselect({ ...common, message, options: shown, initialValues }));
      return values.filter((value) => chosen.includes(value));
    },
    async chooseOne<Value extends string>(message: string, options: readonly Choice<Value>[]) {
      const shown = options.map(({ value, label }) => ({ value: value as string, label }));
      const preset = options.find((one) => one.preset === true);
      const chosen = answered<string>(
        await select({ ...common, message, options: shown, ...(preset && { initialValue: preset.value }) }),
      );
      const found = options.find(({ value }) => value === chosen);
      if (found === undefined) throw new Error(`no such choice: ${chosen}`);
      return found.value;
    },
    async text(message, { preset, example, problem }) {
      const answer = await text({
        ...common,
        message,
        ...(preset !== undefined && { initialValue: preset }),
        ...(example !== undefined && { placeholder: example }),
        validate: (given) => problem((given ?? "").trim()),
      });
      return answered<string>(answer).trim();
    },
  };
}
