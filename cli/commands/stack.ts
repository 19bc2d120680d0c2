import { InputError } from "../../lib/core/errors.ts";
import type { AddCommand } from "../command.ts";
import { inputName, readText, readWhole } from "../input/file.ts";
import { EXIT, type Io } from "../io.ts";
import { openPackages } from "../work/packaged-maps.ts";

interface Options {
  readonly package: string;
}

/** Every stack that a log line holds, as Powertools, the runtime and we ourselves write them. */
function stacksIn(value: unknown): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    if (name !== "stack") return stacksIn(inner);
    const lines: readonly unknown[] = Array.isArray(inner) ? inner : [inner];
    return [lines.join("\n")];
  });
}

function readable(text: string): string {
  const lines = text.split("\n").map((line) => {
    try {
      return stacksIn(JSON.parse(line)).join("\n\n") || line;
    } catch {
      // A stack as it is.
      return line;
    }
  });
  return lines.join("\n").trimEnd();
}

/** `/var/task/functions/enforce.chunk-ABCD1234.mjs:12:3456`; the runtime's own files are none of ours. */
const PLACE = /(?:file:\/\/)?[\w./-]*\/functions\/([\w.-]+\.mjs):(\d+):(\d+)/g;

async function translate(path: string, options: Options, io: Io): Promise<number> {
  const text = readable(await readWhole(readText(path, io), inputName(path)));
  const files = new Set(Array.from(text.matchAll(PLACE), ([, file = ""]) => file));
  if (files.size === 0) throw new InputError(`${inputName(path)}: names no line of a packaged function`);
  const maps = openPackages(options.package, files);
  const missing = [...files].filter((file) => !maps.has(file));
  if (missing.length > 0) {
    // Names hold a hash of the contents, so that they are in the package that was deployed and in no other.
    throw new InputError(
      `${options.package}: has no ${missing.join(", ")}; check out what is deployed, and package it again`,
    );
  }
  const told = text.replaceAll(PLACE, (place, file: string, line: string, column: string) => {
    return maps.get(file)?.(Number(line), Number(column)) ?? place;
  });
  await io.stdout.write(`${told}\n`);
  return EXIT.done;
}

/** `tagwarden stack`: which lines of the sources the stack of a deployed function means. */
export const addStack: AddCommand = (program, { io, exit }) => {
  program
    .command("stack")
    .description("Translate the stack of a deployed function, or its log line, into lines of the sources.")
    .argument("[file]", "what the log says; - is stdin", "-")
    .option(
      "--package <path>",
      "where `serverless package` has put the functions, or one function's zip",
      ".serverless",
    )
    .action(async (path: string, options: Options) => exit(await translate(path, options, io)));
};
