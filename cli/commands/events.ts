import { refOf, type Resource } from "../../lib/core/resource.ts";
import type { ChangedTags } from "../../lib/events/parse.ts";
import { FORMAT_OPTION, formatHelp, type AddCommand } from "../command.ts";
import { eventsIn, noEvents, tellCounts, type ToldEvent } from "../input/created.ts";
import { resourceToJson } from "../input/resource-line.ts";
import { EXIT, type Io } from "../io.ts";
import { progress } from "../output/progress.ts";
import { chooseFormat, rowWriter, type Column } from "../output/results.ts";

interface Options {
  readonly experimentalEvents?: boolean;
  readonly tagChanges?: boolean;
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

/** A resource whose tags were changed; of creations `change` is absent. */
type Row = Resource & Partial<Pick<ChangedTags, "change" | "eventName">>;

const CHANGE_COLUMNS: readonly Column<Row>[] = [
  ...COLUMNS.slice(0, 4),
  ["keys", ({ change }) => change?.keys?.join(" ") ?? "any"],
  ["changed at", ({ change }) => change?.changedAt ?? ""],
  ["event", ({ eventName }) => eventName ?? ""],
];

/** `{"type","account","region","id","change":{"eventName","changedAt?","keys?"}}`, which no command takes for a resource to tag. */
function toLine({ change, eventName, ...resource }: Row): string {
  if (change === undefined) return JSON.stringify(resourceToJson({ ...resource, tags: undefined }));
  const { changedAt, keys } = change;
  return JSON.stringify({ ...refOf(resource), change: { eventName, changedAt, keys } });
}

function rowsOf(event: ToldEvent, changes: boolean): readonly Row[] {
  if (event.kind === "created") return changes ? [] : event.resources;
  const { change, eventName } = event;
  return changes ? event.resources.map((one) => ({ ...one, change, eventName })) : [];
}

async function events(files: readonly string[], options: Options, io: Io): Promise<number> {
  const format = chooseFormat(options.format, io.stdout, "ndjson");
  const changes = options.tagChanges === true;
  const rows = rowWriter<Row>(io.stdout, format, { columns: changes ? CHANGE_COLUMNS : COLUMNS, toLine });
  const counts = noEvents();
  const bar = progress(io.stderr, "resources");
  // Without a configuration nothing says where a Huawei project stands, and a recording is worth reading all the same.
  const read = { experimentalEvents: options.experimentalEvents === true, regionOfProject: () => "unknown" };
  try {
    for (const file of files) {
      for await (const event of eventsIn(file, read, counts, io)) {
        for (const row of rowsOf(event, changes)) {
          await rows.write(row);
          bar.advance();
        }
      }
    }
  } finally {
    await bar.end();
    await rows.end();
  }
  if (format === "table") await io.stderr.write("\n");
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
    .option("--tag-changes", "list the resources whose tags the events say were changed, instead of creations")
    .option("--experimental-events", "also read events whose form is inferred, not documented")
    .option(FORMAT_OPTION, formatHelp("ndjson"))
    .action(async (files: string[], options: Options) => exit(await events(files, options, io)));
};
