import { gunzipSync } from "node:zlib";
import { InputError } from "../../lib/core/errors.ts";
import type { Io } from "../io.ts";
import { inputName, readText } from "./file.ts";
import { BrokenOff, cutJson, LIST_FIELDS } from "./json-cutter.ts";
import { isObject, parseJson } from "./json-object.ts";

/** One element of a recording: an event in any accepted form, or what it is instead. */
export type RecordedEvent =
  | { readonly where: string; readonly value: unknown }
  /** It can't be read, and the rest goes on. */
  | { readonly where: string; readonly problem: string }
  /** It holds no event, and need not. */
  | { readonly where: string; readonly skipped: string }
  /** The last one: here reading ended, and what follows is not known. */
  | { readonly where: string; readonly brokenOff: string };

type Fields = Readonly<Record<string, unknown>>;

/** The elements of a list, or of what holds one: a log file, what an API or SQS returned, a batch of log lines. */
function listOf(value: unknown): readonly unknown[] | undefined {
  if (!isObject(value)) return undefined;
  for (const name of LIST_FIELDS) {
    const list = value[name];
    if (Array.isArray(list)) return list;
  }
  return undefined;
}

/** The boxes that events are kept in, each with the text that it is round; what is none of them is the event. */
function openBox(box: Fields, where: string): RecordedEvent | { readonly inner: unknown } {
  // A message from SQS, as Lambda gets it and as ReceiveMessage returns it.
  for (const [id, body] of [
    ["messageId", "body"],
    ["MessageId", "Body"],
  ] as const) {
    const text = box[body];
    if (typeof box[id] === "string" && typeof text === "string") return { where, value: text };
  }
  // https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_Event.html
  const { CloudTrailEvent: record, message } = box;
  if (typeof record === "string") return parsed(record, "CloudTrailEvent", where);
  const packed = packedIn(box);
  if (packed !== undefined) return unpacked(packed, where);
  if (typeof message === "string" && isLogLine(box)) {
    return message.trimStart().startsWith("{")
      ? parsed(message, "message", where)
      : { where, skipped: "a log line that holds no JSON" };
  }
  return { where, value: box };
}

/**
 * A line of CloudWatch Logs, by subscription or by API; a trace of CTS has a message as well.
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/logs/SubscriptionFilters.html,
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilteredLogEvent.html
 */
function isLogLine({ timestamp, id, eventId, trace_name: traceName }: Fields): boolean {
  return traceName === undefined && (typeof timestamp === "number" || typeof id === "string" || eventId !== undefined);
}

/** What CloudWatch Logs hands to a function or puts on a stream: gzip in base64. */
function packedIn({ awslogs, kinesis }: Fields): string | undefined {
  const data = isObject(awslogs) ? awslogs["data"] : isObject(kinesis) ? kinesis["data"] : undefined;
  return typeof data === "string" ? data : undefined;
}

/** CloudWatch Logs hands on at most a megabyte at once, packed; JSON unpacks to some twenty times as much. */
const LONGEST_DATA = 64 * 1024 * 1024;

function unpacked(data: string, where: string): RecordedEvent | { readonly inner: unknown } {
  const bytes = Buffer.from(data, "base64");
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  try {
    return parsed(
      (isGzip ? gunzipSync(bytes, { maxOutputLength: LONGEST_DATA }) : bytes).toString("utf8"),
      "data",
      where,
    );
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    // https://nodejs.org/docs/latest-v24.x/api/errors.html#err_buffer_too_large
    const isBomb = error.code === "ERR_BUFFER_TOO_LARGE";
    const limit = `${LONGEST_DATA / 1024 / 1024} MB`;
    return {
      where,
      problem: isBomb
        ? `data unpacks to more than ${limit}, which no log does`
        : "data is not a whole gzip file in base64",
    };
  }
}

function parsed(text: string, what: string, where: string): RecordedEvent | { readonly inner: unknown } {
  try {
    return { inner: parseJson(text, what) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { where, problem: error.message };
  }
}

/** Boxes may stand in boxes; no one keeps them deeper than this. */
const DEEPEST_BOX = 8;

/** The events in a value: itself, or those of the list or the box that it is. */
function* eventsIn(value: unknown, where: string, depth = 0): Generator<RecordedEvent> {
  const list = listOf(value) ?? (depth === 0 && Array.isArray(value) ? value : undefined);
  if (list !== undefined && depth < DEEPEST_BOX) {
    for (const [index, element] of list.entries()) yield* eventsIn(element, `${where} #${index + 1}`, depth + 1);
    return;
  }
  const opened = isObject(value) ? openBox(value, where) : { where, value };
  if ("inner" in opened && depth < DEEPEST_BOX) yield* eventsIn(opened.inner, where, depth + 1);
  else yield "inner" in opened ? { where, value: opened.inner } : opened;
}

async function* watched(pieces: AsyncIterable<string>, seen: { text: boolean }): AsyncGenerator<string> {
  for await (const piece of pieces) {
    seen.text ||= /[^\s\ufeff]/.test(piece);
    yield piece;
  }
}

/**
 * The events of a recording, in the order of the file, plain or gzip, however long it is: JSON documents on lines of
 * their own, over many lines or right behind each other, each of them an event, a list, or one of the forms of which
 * docs/events.md tells. An element that can't be read is handed on with its place, and the rest goes on. Where the file
 * itself ends too early or stops being JSON, that is the last that is handed on. Throws InputError where nothing of the
 * file can be read.
 */
export async function* readRecording(path: string, io: Io): AsyncGenerator<RecordedEvent> {
  const name = inputName(path);
  const seen = { text: false };
  try {
    for await (const cut of cutJson(watched(readText(path, io), seen))) {
      const { line, path: numbers } = cut;
      // Of a file that is one document its name says enough.
      const document = line === 1 && numbers.length > 0 ? name : `${name}:${line}`;
      const where = [document, ...numbers.map((number) => `#${number}`)].join(" ");
      if ("problem" in cut) yield { where, problem: cut.problem };
      else yield* eventsIn(cut.value, line === 1 && isList(cut.value) ? name : where, numbers.length);
    }
  } catch (error) {
    if (!(error instanceof BrokenOff)) throw error;
    if (!seen.text) throw new InputError(`${name}: ${error.message.replace(`${name}: `, "")}`, { cause: error });
    yield { where: `${name}:${error.place}`, brokenOff: error.message.replace(`${name}: `, "") };
  }
  if (!seen.text) throw new InputError(`${name}: is empty; name a recording with at least one event`);
}

function isList(value: unknown): boolean {
  return Array.isArray(value) || listOf(value) !== undefined;
}
