import { pages } from "../../lib/app/cloud/pages.ts";
import { examineAccount, examineMode, type Check } from "../../lib/app/doctor.ts";
import type { TagProvider } from "../../lib/app/ports/provider.ts";
import { systemClock } from "../../lib/app/ports/system-clock.ts";
import { InputError } from "../../lib/core/errors.ts";
import type { Mode } from "../../lib/core/mode.ts";
import { countText } from "../../lib/core/report/figures.ts";
import { createAwsClients } from "../../lib/lambda/settings/aws-clients.ts";
import { send } from "../../lib/providers/http.ts";
import { CLOUDS, createProvider, rightsFor } from "../../lib/providers/index.ts";
import { deployedMode } from "../../lib/sinks/dynamo/deployed-mode.ts";
import { dynamoSeen } from "../../lib/sinks/dynamo/seen.ts";
import { CONFIG_OPTION, FORMAT_OPTION, formatHelp, type AddCommand } from "../command.ts";
import { loadConfig } from "../input/config.ts";
import { modeOf } from "../input/enforce-mode.ts";
import { EXIT, type Io } from "../io.ts";
import { CHECK_COLUMNS, rowForEach, summarizeChecks } from "../output/examined-accounts.ts";
import { progress } from "../output/progress.ts";
import { chooseFormat, writeJson, writeTable } from "../output/results.ts";
import { parseSeconds } from "../work/cloud.ts";
import { credentialResolver } from "../input/credentials.ts";
import { untilStopped } from "../work/stop.ts";
import { tableError } from "../work/table-error.ts";

interface Options {
  readonly config: string;
  readonly provider?: string;
  readonly account?: string;
  readonly table?: string;
  readonly maxSeconds: string;
  readonly rows?: boolean;
  readonly format?: string;
}

/** What scripts read: what a check says and asks for holds the rest already. */
function toJson({ action: _action, needs: _needs, ...check }: Check): Check {
  return check;
}

/** Carries requests, and compares the clock of each answer with ours. */
function clockedSend(onCall: () => void) {
  let skew: number | undefined;
  const carry: typeof send = async (request, options) => {
    onCall();
    const response = await send(request, options);
    const theirs = Date.parse(response.headers.date ?? "");
    if (!Number.isNaN(theirs)) skew = theirs - systemClock.now();
    return response;
  };
  return { carry, skewMs: () => skew };
}

/** What the functions of a table were deployed with. */
function deployedModeOf(table: string, io: Io): () => Promise<Mode | undefined> {
  return async () => {
    try {
      return await deployedMode(createAwsClients(io.env).dynamodb, table);
    } catch (error) {
      throw tableError(table, error);
    }
  };
}

/** When an event last told of any resource of an account. */
function lastEventIn(table: string, io: Io): (provider: TagProvider) => Promise<number | undefined> {
  const seen = dynamoSeen({ client: createAwsClients(io.env).dynamodb, table });
  return async ({ account, contracts, regions }) => {
    const places = contracts.flatMap(({ types, global }) =>
      types.flatMap((type) => (global ? ["global"] : regions).map((region) => ({ type, account, region }))),
    );
    let latest: number | undefined;
    try {
      for (const place of places) {
        for await (const page of pages((token) => seen.list(place, token))) {
          for (const { lastSeen } of page.resources) latest = Math.max(latest ?? 0, lastSeen);
        }
      }
    } catch (error) {
      throw tableError(table, error);
    }
    return latest;
  };
}

async function examine(options: Options, io: Io): Promise<number> {
  const format = chooseFormat(options.format, io.stdout, "json");
  const timeoutMs = parseSeconds(options.maxSeconds, "--max-seconds") * 1000;
  const own = modeOf(io.env);
  const config = await loadConfig(options.config, io);
  const chosen = config.accounts.filter(
    ({ provider, account }) =>
      (options.provider === undefined || provider === options.provider) &&
      (options.account === undefined || account === options.account),
  );
  if (chosen.length === 0) throw new InputError("no account of the configuration matches --provider and --account");
  const credential = credentialResolver(options.config, io);
  const checks: Check[] = [];
  const bar = progress(io.stderr, "accounts:");
  let calls = 0;
  for (const [index, account] of chosen.entries()) {
    bar.at(index, chosen.length, `${account.provider} ${account.account}`);
    const { carry, skewMs } = clockedSend(() => {
      calls += 1;
      bar.at(index, chosen.length, `${account.provider} ${account.account}, ${countText(calls, "call")}`);
    });
    const provider = createProvider(account, { credential, clock: systemClock, timeoutMs, send: carry });
    const lastEvent = options.table === undefined ? undefined : lastEventIn(options.table, io);
    const { permissions } = rightsFor(account);
    const { typesToAskFor } = CLOUDS[account.provider];
    const deps = {
      provider,
      skewMs,
      now: () => systemClock.now(),
      rightsFor: (action: string) => permissions[action]?.read ?? [],
      ...(lastEvent !== undefined && { lastEvent }),
      ...(typesToAskFor !== undefined && { othersToAskFor: typesToAskFor }),
    };
    checks.push(...(await untilStopped(examineAccount(account, deps), io)));
  }
  await bar.end();
  const { table } = options;
  checks.push(...(await examineMode({ own, ...(table !== undefined && { deployed: deployedModeOf(table, io) }) })));
  const rows = options.rows === true ? rowForEach(checks) : summarizeChecks(checks);
  if (format === "table") await writeTable(io.stdout, CHECK_COLUMNS, rows);
  else await writeJson(io.stdout, { checks: checks.map(toJson) });
  const problems = checks.filter(({ result }) => result === "problem");
  if (format === "table") await io.stderr.write("\n");
  await io.stderr.write(`${countText(checks.length, "check")}, ${countText(problems.length, "problem")}\n`);
  if (problems.some(({ check }) => check === "read")) return EXIT.provider;
  return problems.length > 0 ? EXIT.findings : EXIT.done;
}

/** `tagwarden doctor`: whether each account can be worked with, and what to do where not. */
export const addDoctor: AddCommand = (program, { io, exit }) => {
  program
    .command("doctor")
    .description("Check credentials, permissions, clock, quota and events of each account. It writes nothing.")
    .requiredOption(...CONFIG_OPTION)
    .option("--provider <name>", "aws, alibaba or huawei: only accounts of this provider")
    .option("--account <id>", "only this account")
    .option(
      "--table <name>",
      "the deployed service's DynamoDB table, to see whether events arrive and whether it writes",
    )
    .option("--max-seconds <n>", "wait for an answer this long", "10")
    .option("--rows", "name every check in the table, one by one")
    .option(FORMAT_OPTION, formatHelp("json"))
    .action(async (options: Options) => exit(await examine(options, io)));
};
