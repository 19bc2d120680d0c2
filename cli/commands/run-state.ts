import type { RunRecord } from "../../lib/app/ports/runs.ts";
import { InputError } from "../../lib/core/errors.ts";
import { createAwsClients } from "../../lib/lambda/settings/aws-clients.ts";
import { dynamoRunStore } from "../../lib/sinks/dynamo/run-store.ts";
import { FORMAT_OPTION, formatHelp, type AddCommand } from "../command.ts";
import { EXIT, type Io } from "../io.ts";
import { chooseFormat, writeJson, writeTable, type Column } from "../output/results.ts";
import { tableError } from "../work/table-error.ts";

interface Options {
  readonly table: string;
  readonly format?: string;
}

interface ShardState {
  readonly shard: string;
  readonly state: "done" | "failed" | "pending";
  /** Why it failed. */
  readonly reason?: string;
}

const COLUMNS: readonly Column<ShardState>[] = [
  ["shard", ({ shard }) => shard],
  ["state", ({ state }) => state, "state"],
  ["reason", ({ reason }) => reason ?? ""],
];

function shardsOf({ plan, results }: RunRecord): readonly ShardState[] {
  return plan.shards.map((shard) => {
    const result = results.get(shard);
    if (result === undefined) return { shard, state: "pending" };
    return result.state === "done" ? { shard, state: "done" } : { shard, ...result };
  });
}

async function readRun(run: string, table: string, io: Io): Promise<RunRecord | undefined> {
  try {
    return await dynamoRunStore({ client: createAwsClients(io.env).dynamodb, table }).read(run);
  } catch (error) {
    throw tableError(table, error);
  }
}

async function show(run: string, options: Options, io: Io): Promise<number> {
  const format = chooseFormat(options.format, io.stdout, "json");
  const record = await readRun(run, options.table, io);
  if (record === undefined) {
    throw new InputError(`no audit run ${run}: a run is named by its start, e.g. 2026-11-22T02-00-00-000Z`);
  }
  const shards = shardsOf(record);
  const { published, plan } = record;
  const startedAt = new Date(plan.startedAt).toISOString();
  if (format === "table") await writeTable(io.stdout, COLUMNS, shards);
  else await writeJson(io.stdout, { run, startedAt, published, shards });
  const count = (state: ShardState["state"]) => shards.filter((one) => one.state === state).length;
  const report = published ? "its report is published" : "no report yet";
  await io.stderr.write(
    `${shards.length} shards: ${count("done")} done, ${count("failed")} failed, ${count("pending")} pending; ${report}\n`,
  );
  return EXIT.done;
}

/** `tagwarden run-state`: how far an audit of a deployed service is, and what it waits for. */
export const addRunState: AddCommand = (program, { io, exit }) => {
  program
    .command("run-state")
    .description("Say how far an audit run of a deployed service is: its shards, and whether its report is published.")
    .argument("<run>", "as its report and the functions' logs name it; the schedule's run by its time, in UTC")
    .requiredOption("--table <name>", "the deployed service's DynamoDB table")
    .option(FORMAT_OPTION, formatHelp("json"))
    .action(async (run: string, options: Options) => exit(await show(run, options, io)));
};
