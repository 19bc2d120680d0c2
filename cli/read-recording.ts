import { InputError } from "../lib/core/errors.ts";
import { inputName, readText, readWhole } from "./input-file.ts";
import type { Io } from "./io.ts";
import { isObject, parseJson } from "./json-object.ts";
import { linesOf, type Line } from "./lines.ts";

/** One element of a recording: an event in any accepted form, or why it is none. */
export type RecordedEvent =
  | { readonly where: string; readonly value: unknown }
  | { readonly where: string; readonly problem: string };

/** A CloudTrail log file or the input of a Lambda function, `{ "Records": […] }`; or what SQS returned, `{ "Messages": […] }`. */
function recordsOf(value: unknown): readonly unknown[] | undefined {
  if (!isObject(value)) return undefined;
  const records = value["Records"] ?? value["Messages"];
  return Array.isArray(records) ? records : undefined;
}

/** A message from SQS is a box round the event, as Lambda gets it and as ReceiveMessage returns it. */
function withoutBox(element: unknown): unknown {
  if (!isObject(element)) return element;
  for (const [id, body] of [
    ["messageId", "body"],
    ["MessageId", "Body"],
  ] as const) {
    const text = element[body];
    if (typeof element[id] === "string" && typeof text === "string") return text;
  }
  return element;
}

function* elementsOf(value: unknown, where: string): Generator<RecordedEvent> {
  const elements = Array.isArray(value) ? value : recordsOf(value);
  if (elements === undefined) {
    yield { where, value };
    return;
  }
  for (const [index, element] of elements.entries()) {
    const at = `${where} #${index + 1}`;
    // Several log files may have been put into one list.
    if (recordsOf(element) === undefined) yield { where: at, value: withoutBox(element) };
    else yield* elementsOf(element, at);
  }
}

function* lineElements(line: Line, name: string): Generator<RecordedEvent> {
  const where = `${name}:${line.number}`;
  let value: unknown;
  try {
    value = parseJson(line.text, where);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    yield { where, problem: error.message.slice(where.length + 2) };
    return;
  }
  yield* elementsOf(value, where);
}

function isWholeObject(line: string): boolean {
  if (!line.startsWith("{") || !line.endsWith("}")) return false;
  try {
    JSON.parse(line);
    return true;
  } catch {
    // A line that is no JSON value: the question was whether it is one.
    return false;
  }
}

/** How many lines may be broken before the first good one, without the file counting as something else. */
const LINES_TO_LOOK_AT = 20;
/** One line as long as this is read as one value. */
const LENGTH_TO_LOOK_AT = 8 * 1024 * 1024;

/** Takes pieces until they show whether each line is a value of its own. */
async function startOf(pieces: AsyncIterator<string>): Promise<{ text: string; byLine: boolean }> {
  let text = "";
  let ends = 0;
  let complete = false;
  while (ends < LINES_TO_LOOK_AT && text.length < LENGTH_TO_LOOK_AT && !complete) {
    const next = await pieces.next();
    complete = next.done === true;
    if (next.done === true) break;
    text += next.value;
    ends += next.value.split("\n").length - 1;
  }
  const lines = text.split("\n", LINES_TO_LOOK_AT + 1);
  if (!complete) lines.pop();
  // Indented lines belong to one value over many lines, even where one of them is an object by itself.
  return { text, byLine: lines.some((line) => isWholeObject(line.trimEnd())) };
}

async function* rejoined(text: string, pieces: AsyncGenerator<string>): AsyncGenerator<string> {
  yield text;
  yield* pieces;
}

/**
 * The events of a recording, in the order of the file: NDJSON, a JSON array, a CloudTrail `Records` file or a single
 * event, plain or gzip. An element that can't be read is handed on with its place, and the rest goes on.
 * Throws InputError where the file as a whole can't be read.
 */
export async function* readRecording(path: string, io: Io): AsyncGenerator<RecordedEvent> {
  const name = inputName(path);
  const pieces = readText(path, io);
  const { text, byLine } = await startOf(pieces);
  if (text.trim() === "") throw new InputError(`${name}: is empty; name a recording with at least one event`);
  const all = rejoined(text, pieces);
  if (byLine && !text.trimStart().startsWith("[")) {
    for await (const line of linesOf(all, name)) yield* lineElements(line, name);
    return;
  }
  yield* elementsOf(parseJson(await readWhole(all, name), name), name);
}
