import { InputError } from "../lib/core/errors.ts";
import type { Resource } from "../lib/core/resource.ts";
import { parseEvent, parseEventValue, type ParsedEvent } from "../lib/events/parse.ts";
import { FORMAT_OPTION, formatHelp, type AddCommand } from "./command.ts";
import { inputName } from "./input-file.ts";
import { EXIT, type Io } from "./io.ts";
import { progress } from "./progress.ts";
import { readRecording, type RecordedEvent } from "./read-recording.ts";
import { resourceToJson } from "./resource-line.ts";
import { chooseFormat, rowWriter, type Column } from "./results.ts";

interface Options {
  readonly experimentalEvents?: boolean;
  readonly format?: string;
}

const COLUMNS: readonly Column<Resource>[] = [
  ["type", ({ type }) => type],
  ["account", ({ account }) => account],
  ["region", ({ region }) => region],
  ["id", ({ id }) => id],
  ["created by", ({ event }) => event?.createdBy ?? ""],
  ["created at", ({ event }) => event?.createdAt ?? ""],
  ["event", ({ event }) => event?.eventName ?? ""],
];

/** What one element of a recording says, or why it can't be read. */
export type ReadEvent = ParsedEvent | { readonly kind: "unreadable"; readonly problem: string };

/** Parses one element of a recording. A text is taken for the body of a queue message. */
export function readEvent(element: RecordedEvent, options: { experimentalEvents: boolean }): ReadEvent {
  if ("problem" in element) return { kind: "unreadable", problem: element.problem };
  try {
    return typeof element.value === "string"
      ? parseEvent(element.value, options)
      : parseEventValue(element.value, options);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { kind: "unreadable", problem: error.message };
  }
}

async function events(files: readonly string[], options: Options, io: Io): Promise<number> {
  const format = chooseFormat(options.format, io.stdout, "ndjson");
  const toLine = (resource: Resource): string => JSON.stringify(resourceToJson({ ...resource, tags: undefined }));
  const rows = rowWriter<Resource>(io.stdout, format, { columns: COLUMNS, toLine });
  const others = new Map<string, number>();
  const count = { events: 0, resources: 0, unreadable: 0 };
  const bar = progress(io.stderr, "events");
  const readFile = async (file: string): Promise<void> => {
    const before = { ...count };
    for await (const element of readRecording(file, io)) {
      const event = readEvent(element, { experimentalEvents: options.experimentalEvents === true });
      count.events += 1;
      bar.advance();
      if (event.kind === "created") {
        count.resources += event.resources.length;
        for (const resource of event.resources) await rows.write(resource);
      } else if (event.kind === "not-a-creation") {
        others.set(event.reason, (others.get(event.reason) ?? 0) + 1);
      } else {
        count.unreadable += 1;
        await io.stderr.write(`tagwarden: ${element.where}: ${event.problem}\n`);
      }
    }
    const [read, unreadable] = [count.events - before.events, count.unreadable - before.unreadable];
    if (read > 0 && read === unreadable) {
      throw new InputError(
        `${inputName(file)}: holds no event that can be read; see docs/events.md for accepted forms`,
      );
    }
  };
  try {
    for (const file of files) await readFile(file);
  } finally {
    await bar.end();
    await rows.end();
  }
  await io.stderr.write(
    `${count.events} events: ${count.resources} resources created, ${count.unreadable} unreadable\n`,
  );
  for (const [reason, times] of others) await io.stderr.write(`not a creation: ${times} x ${reason}\n`);
  return EXIT.done;
}

/** `tagwarden events`: what recorded events say was created. */
export const addEvents: AddCommand = (program, { io, exit }) => {
  program
    .command("events")
    .description("List the resources that recorded events say were created; counts of the other events go to stderr.")
    .argument(
      "<file...>",
      "recordings: NDJSON, a JSON array, a CloudTrail Records file or one event, plain or gzip; - for stdin",
    )
    .option("--experimental-events", "also read events whose form is inferred, not documented")
    .option(FORMAT_OPTION, formatHelp("ndjson"))
    .action(async (files: string[], options: Options) => exit(await events(files, options, io)));
};
