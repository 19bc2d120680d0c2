/** A step of a runbook page, in the order of the page. */
export type Step =
  | {
      readonly kind: "command";
      /** Where it stands on the page. */
      readonly line: number;
      /** What a person types. */
      readonly command: string;
      /** What it prints on stdout; absent where the page doesn't show it. */
      readonly output?: string;
      /** The exit code that the page names. */
      readonly exit: number;
    }
  /** `<!-- meanwhile: … -->`: what a reader is told happens, and what the test has to make happen. */
  | { readonly kind: "meanwhile"; readonly line: number; readonly event: string };

const FENCE = /^```(\S*)(?: exit=(\d+))?$/;
const MEANWHILE = /^<!-- meanwhile: (.+) -->$/;

interface Block {
  readonly language: string;
  readonly exit: number;
  readonly line: number;
  readonly text: string;
}

/** Reads the ```sh blocks of a page; a ```text block right after one is its output. Other blocks are no runbook. */
export function stepsOf(page: string): readonly Step[] {
  const steps: Step[] = [];
  let last: Block | undefined;
  for (const part of partsOf(page)) {
    if (typeof part === "string") {
      last = part === "" ? last : undefined;
      continue;
    }
    if (!("language" in part)) {
      steps.push(part);
      continue;
    }
    if (part.language === "sh") steps.push({ kind: "command", line: part.line, command: part.text, exit: 0 });
    const shown = steps.at(-1);
    if (part.language === "text" && last?.language === "sh" && shown?.kind === "command") {
      steps[steps.length - 1] = { ...shown, output: part.text, exit: part.exit };
    }
    last = part;
  }
  return steps;
}

type Part = Block | Extract<Step, { kind: "meanwhile" }> | string;

function* partsOf(page: string): Generator<Part> {
  const lines = page.split("\n");
  for (let at = 0; at < lines.length; at += 1) {
    const text = lines[at] ?? "";
    const [, event] = MEANWHILE.exec(text) ?? [];
    const fence = FENCE.exec(text);
    if (event !== undefined) yield { kind: "meanwhile", line: at + 1, event };
    else if (fence === null) yield text.trim();
    else {
      const end = lines.indexOf("```", at + 1);
      const [, language = "", exit = "0"] = fence;
      yield { language, exit: Number(exit), line: at + 2, text: lines.slice(at + 1, end).join("\n") };
      at = end;
    }
  }
}
