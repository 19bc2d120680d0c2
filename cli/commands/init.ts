import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { InputError } from "../../lib/core/errors.ts";
import type { AddCommand } from "../command.ts";
import { EXIT, type Io } from "../io.ts";
import { writeText } from "../output/file.ts";
import { commandLine } from "../output/next-command.ts";
import { answerAccounts, answerProviders } from "../work/init/answers.ts";
import { accountProblems, flagText, tagProblems } from "../work/init/check.ts";
import { openDialog } from "../work/init/dialog.ts";
import {
  firstConfig,
  firstPolicy,
  KEY_VARIABLES,
  type FirstAccount,
  type WantedTag,
} from "../work/init/first-files.ts";
import { givenOf, SOME_ACCOUNT, type InitFlags } from "../work/init/given.ts";
import { askedTags, givenTags } from "../work/init/tags.ts";

interface Options extends InitFlags {
  readonly out: string;
  readonly policy?: string;
  readonly config?: string;
  readonly yes?: boolean;
  readonly force?: boolean;
}

/** A file of the first two, yet to be written. */
interface FirstFile {
  readonly path: string;
  readonly text: string;
}

async function init(options: Options, io: Io): Promise<number> {
  const {
    policy: policyPath = join(options.out, "policy.yaml"),
    config: configPath = join(options.out, "config.yaml"),
  } = options;
  if (resolve(policyPath) === resolve(configPath))
    throw new InputError(`--policy and --config both name ${configPath}; they are two files`);
  if (options.force !== true) refuseExisting([policyPath, configPath]);
  const dialog = options.yes === true ? undefined : await openDialog(io);
  const providers = await answerProviders(options, dialog);
  // All flags are looked at before anything is asked: what somebody answered isn't to be lost by them.
  const given = givenOf(providers, options);
  const wanted = givenTags(options.key, providers);
  const accounts = await answerAccounts(given, { dialog, io });
  const tags = wanted ?? (await askedTags(providers, dialog));
  if (dialog !== undefined) await io.stderr.write("\n");
  const policy = { path: policyPath, text: firstPolicy(tags) };
  const config = { path: configPath, text: firstConfig(accounts) };
  refuseUnusable(accounts, tags);
  for (const { path, text } of [policy, config]) await writeText(path, text);
  await io.stdout.write(summary({ accounts, tags, policy, config }));
  for (const line of gaps(config, accounts, io.env)) await io.stderr.write(`tagwarden: ${line}\n`);
  await io.stdout.write(
    `\nNext, see whether they answer:\n\n  ${commandLine(io.env, "doctor", "--config", configPath)}\n`,
  );
  return EXIT.done;
}

function refuseExisting(paths: readonly string[]): void {
  const there = paths.filter((path) => existsSync(path));
  if (there.length === 0) return;
  const [is, them] = there.length === 1 ? ["is", "it"] : ["are", "them"];
  throw new InputError(`${there.join(" and ")} ${is} there already; --force replaces ${them}, --out writes elsewhere`);
}

/** Nothing is written that the other commands would refuse, but for what has to be filled in. */
function refuseUnusable(accounts: readonly FirstAccount[], tags: readonly WantedTag[]): void {
  const providers = accounts.map(({ provider }) => provider);
  const problems = [
    ...accounts.flatMap((one) => accountProblems({ ...one, account: one.account ?? SOME_ACCOUNT })).map(flagText),
    ...tagProblems(tags, providers).map((line) => `init: ${line}`),
  ];
  if (problems.length > 0) throw new InputError(problems.join("\n"));
}

interface Written {
  readonly accounts: readonly FirstAccount[];
  readonly tags: readonly WantedTag[];
  readonly policy: FirstFile;
  readonly config: FirstFile;
}

function summary({ accounts, tags, policy, config }: Written): string {
  const keys = tags.map(({ key }) => key).join(", ");
  const places = accounts.map(
    ({ provider, account = "(account to be filled in)", regions }) => `${provider} ${account} in ${regions.join(", ")}`,
  );
  return [
    `${policy.path}: every resource must carry ${keys}; it only reports`,
    `${config.path}: ${places.join("; ")}; nothing is written there`,
    "",
  ].join("\n");
}

/** What is left to do by hand before the files can be used. */
function gaps({ path, text }: FirstFile, accounts: readonly FirstAccount[], env: Io["env"]): readonly string[] {
  const line = text.split("\n").findIndex((one) => /^ *account: ""/.test(one)) + 1;
  return [
    ...(line === 0 ? [] : [`${path}:${line}: put the account's 12 digits there`]),
    ...accounts.flatMap(({ provider }) => {
      const unset = provider === "aws" ? [] : KEY_VARIABLES[provider].filter((name) => (env[name] ?? "") === "");
      return unset.length === 0 ? [] : [`set ${unset.join(" and ")} to a key of ${provider} that may read`];
    }),
  ];
}

/** `tagwarden init`: a first policy and configuration, read-only. */
export const addInit: AddCommand = (program, { io, exit }) => {
  program
    .command("init")
    .description(
      "Write a first policy and configuration that only look. It asks on a terminal, and takes flags anywhere.",
    )
    .option("--provider <name...>", "aws, alibaba or huawei; repeat it or give several (default: aws)")
    .option(
      "--account <id...>",
      "account id, the domain id for Huawei; AWS says its own. With several providers: PROVIDER:ID",
    )
    .option("--region <region...>", "regions to look at. With several providers: PROVIDER:REGION")
    .option("--project <region=id...>", "Huawei's project id in each region")
    .option(
      "--inventory <name>",
      "none, config or resource-explorer: what lists AWS resources that never carried a tag (default: none)",
    )
    .option(
      "--endpoint <url...>",
      "instead of the cloud's own, for all regions, or REGION=URL. With several providers: PROVIDER:…",
    )
    .option("--key <key...>", "tags that every resource must carry: KEY, or KEY=VALUE,VALUE (default: owner and env)")
    .option("--out <folder>", "where policy.yaml and config.yaml go", ".")
    .option("--policy <file>", "write the policy here instead")
    .option("--config <file>", "write the configuration here instead")
    .option("--yes", "ask nothing: what no flag says takes its default")
    .option("--force", "replace files that are there")
    .action(async (options: Options) => exit(await init(options, io)));
};
