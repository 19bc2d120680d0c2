import type { Resource } from "../../lib/core/resource.ts";
import { FORMAT_OPTION, formatHelp, type AddCommand } from "../command.ts";
import { createdIn, noEvents, tellCounts } from "../input/created.ts";
import { resourceToJson } from "../input/resource-line.ts";
import { EXIT, type Io } from "../io.ts";
import { progress } from "../output/progress.ts";
import { chooseFormat, rowWriter, type Column } from "../output/results.ts";

interface Options {
  readonly experimentalEvents?: boolean;
  readonly format?: string;
}

const COLUMNS: readonly Column<Resource>[] = [
  ["type", ({ type }) => type],
  ["account", ({ account }) => account],
  ["region", ({ region }) => region],
  ["id", ({ id }) => id, "id"],
  ["created by", ({ event }) => event?.createdBy ?? ""],
  ["created at", ({ event }) => event?.createdAt ?? ""],
  ["event", ({ event }) => event?.eventName ?? ""],
];

async function events(files: readonly string[], options: Options, io: Io): Promise<number> {
  const format = chooseFormat(options.format, io.stdout, "ndjson");
  const toLine = (resource: Resource): string => JSON.stringify(resourceToJson({ ...resource, tags: undefined }));
  const rows = rowWriter<Resource>(io.stdout, format, { columns: COLUMNS, toLine });
  const counts = noEvents();
  const bar = progress(io.stderr, "resources");
  // Without a configuration nothing says where a Huawei project stands, and a recording is worth reading all the same.
  const read = { experimentalEvents: options.experimentalEvents === true, regionOfProject: () => "unknown" };
  try {
    for (const file of files) {
      for await (const resource of createdIn(file, read, counts, io)) {
        await rows.write(resource);
        bar.advance();
      }
    }
  } finally {
    await bar.end();
    await rows.end();
  }
  await tellCounts(counts, io);
  return counts.brokenOff.length > 0 ? EXIT.usage : EXIT.done;
}

/** `tagwarden events`: what recorded events say was created. */
export const addEvents: AddCommand = (program, { io, exit }) => {
  program
    .command("events")
    .description("List the resources that recorded events say were created; counts of the other events go to stderr.")
    .argument(
      "<file...>",
      "recordings: JSON in any arrangement, plain or gzip (docs/events.md lists the forms); - for stdin",
    )
    .option("--experimental-events", "also read events whose form is inferred, not documented")
    .option(FORMAT_OPTION, formatHelp("ndjson"))
    .action(async (files: string[], options: Options) => exit(await events(files, options, io)));
};
