import type { Command } from "commander";
import { CONFIG_OPTION, FORMAT_OPTION, formatHelp, ROWS_OPTION, type AddCommand } from "../../command.ts";
import { JOURNAL_OPTION } from "../../work/journal.ts";
import { ROUNDS_OPTION } from "../../work/rounds.ts";
import { listTags, type ListOptions } from "./list.ts";
import { setTags, unsetTags, type WriteOptions } from "./write.ts";

const REPEATED = "repeat it or give several";

function addTarget(command: Command): Command {
  return command
    .requiredOption(...CONFIG_OPTION)
    .requiredOption("--type <type>", "resource type, e.g. alibaba:vpcipam:IPAM")
    .requiredOption("--account <account>", "account id; the domain id for Huawei")
    .requiredOption("--region <region>", "region; global for resources that have none")
    .option("--project <project>", "Huawei only: the project's id, where the region has several");
}

/** How long a command that writes goes on trying. */
const RETRY_SECONDS = ["--max-seconds <n>", "retry for this long, then say failed", "300"] as const;

/** `tagwarden tags …`: the providers' own operations. */
export const addTags: AddCommand = (program, { io, exit, argv }) => {
  const tags = program.command("tags").description("List, set and remove tags directly.").helpCommand(false);
  addTarget(tags.command("list"))
    .description("List tagged resources with their tags; all pages. Several tags are ANDed, ids and tags intersect.")
    .option("--id <id...>", `only these resources; ${REPEATED}`)
    .option("--tag <tag...>", `only with this tag: k = any value, k= = the empty value, k=v; ${REPEATED}`)
    .option("--max-seconds <n>", "give up after this time", "300")
    .option(FORMAT_OPTION, formatHelp("ndjson"))
    .action(async (options: ListOptions) => exit(await listTags(options, io)));
  addTarget(tags.command("set"))
    .description(
      "Put tags on resources, over the values that are there. Without --apply it only prints what it would do.",
    )
    .requiredOption("--id <id...>", `resources; ${REPEATED}`)
    .requiredOption("--tag <tag...>", `k=v; ${REPEATED}`)
    .option("--apply", "write the tags")
    .option(...JOURNAL_OPTION)
    .option(...ROUNDS_OPTION)
    .option(...RETRY_SECONDS)
    .option(...ROWS_OPTION)
    .option(FORMAT_OPTION, formatHelp("json"))
    .action(async (options: WriteOptions) => exit(await setTags(options, { io, argv })));
  addTarget(tags.command("unset"))
    .description("Take tags off resources. Without --apply it only prints what it would do.")
    .requiredOption("--id <id...>", `resources; ${REPEATED}`)
    .requiredOption("--tag <key...>", `key; ${REPEATED}`)
    .option("--apply", "take the tags off")
    .option(...JOURNAL_OPTION)
    .option(...ROUNDS_OPTION)
    .option(...RETRY_SECONDS)
    .option(...ROWS_OPTION)
    .option(FORMAT_OPTION, formatHelp("json"))
    .action(async (options: WriteOptions) => exit(await unsetTags(options, { io, argv })));
};
