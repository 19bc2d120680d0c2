import { once } from "node:events";
import { stringify } from "yaml";
import { InputError } from "../../lib/core/errors.ts";
import { collectProblems } from "../../lib/core/yaml/problems.ts";
import { readSource, type FileKind } from "../../lib/core/yaml/source-tree.ts";
import { plainValue } from "../../lib/core/yaml/source-value.ts";
import { parseEmulatedResource, type EmulatedResource } from "../../local/emulator/emulated-resource.ts";
import { parseFaults } from "../../local/emulator/faults.ts";
import { startEmulator } from "../../local/emulator/start.ts";
import type { AddCommand } from "../command.ts";
import { inputName, readText, readWhole } from "../input/file.ts";
import { parseJson } from "../input/json-object.ts";
import { linesOf } from "../input/lines.ts";
import { EXIT, type Io } from "../io.ts";
import { writeText } from "../output/file.ts";

interface Options {
  readonly from?: string;
  readonly faults?: string;
  readonly accounts?: string;
  readonly quota?: string;
  readonly inventoryDelay?: string;
  readonly writeConfig?: string;
}

async function readEmulated(path: string, io: Io): Promise<readonly EmulatedResource[]> {
  const name = inputName(path);
  const resources: EmulatedResource[] = [];
  for await (const line of linesOf(readText(path, io), name)) {
    const where = `${name}:${line.number}`;
    resources.push(parseEmulatedResource(parseJson(line.text, where), where));
  }
  return resources;
}

async function readFaults(path: string, io: Io): Promise<ReturnType<typeof parseFaults>> {
  try {
    return parseFaults(await readYamlFile(path, { name: "a list of faults", start: "- effect:" }, io));
  } catch (error) {
    if (!(error instanceof InputError) || error.message.startsWith(inputName(path))) throw error;
    throw new InputError(`${inputName(path)}: ${error.message}`, { cause: error });
  }
}

function accountsOf(list: string): readonly string[] {
  const accounts = list.split(",").map((account) => account.trim());
  if (accounts.includes("")) throw new InputError(`--accounts ${list}: an account is empty; write --accounts A,B`);
  return accounts;
}

function quotaOf(quota: string): "off" | "documented" {
  if (quota === "documented" || quota === "off") return quota;
  throw new InputError(`--quota ${quota}: must be documented or off`);
}

function delayOf(seconds: string): number {
  if (/^[0-9]{1,6}$/.test(seconds)) return Number(seconds) * 1_000;
  throw new InputError(`--inventory-delay ${seconds}: must be a whole number of seconds`);
}

async function emulate(options: Options, io: Io): Promise<number> {
  const emulator = await startEmulator({
    ...(options.from === undefined ? {} : { resources: await readEmulated(options.from, io) }),
    ...(options.faults === undefined ? {} : { faults: await readFaults(options.faults, io) }),
    ...(options.accounts === undefined ? {} : { accounts: accountsOf(options.accounts) }),
    ...(options.quota === undefined ? {} : { quota: quotaOf(options.quota) }),
    ...(options.inventoryDelay === undefined ? {} : { inventoryDelayMs: delayOf(options.inventoryDelay) }),
  });
  try {
    if (options.writeConfig !== undefined)
      await writeText(options.writeConfig, stringify(emulator.config(), { aliasDuplicateObjects: false }));
    await io.stdout.write(`${JSON.stringify(emulator.description)}\n`);
    await io.stderr.write("serving until stopped (Ctrl-C)\n");
    if (!io.signal.aborted) await once(io.signal, "abort");
  } finally {
    await emulator.close();
  }
  return EXIT.done;
}

/** `tagwarden emulate`: the embedded cloud's tagging APIs, on 127.0.0.1 until stopped. */
export const addEmulate: AddCommand = (program, { io, exit }) => {
  program
    .command("emulate")
    .description(
      "Serve the emulated tagging APIs on 127.0.0.1; print one JSON line with endpoints, then run until stopped.",
    )
    .option("--from <file>", "resource NDJSON that exists at the start")
    .option("--faults <file>", "faults to inject (a YAML or JSON list)")
    .option("--accounts <list>", "accounts to serve besides those of --from, separated by commas")
    .option("--quota <quota>", "documented = throttle as the clouds do (default: off)")
    .option(
      "--inventory-delay <seconds>",
      "how old the inventories of whole accounts are (default: 120, and a day for Huawei Cloud's Config)",
    )
    .option("--write-config <file>", "write the configuration that points enforce, audit and tags here")
    .action(async (options: Options) => exit(await emulate(options, io)));
};

/** The value of a YAML or JSON file. Throws InputError with line and column where its syntax is wrong. */
async function readYamlFile(path: string, kind: FileKind, io: Io): Promise<unknown> {
  const name = inputName(path);
  const problems = collectProblems();
  const root = readSource(name, await readWhole(readText(path, io), name), kind, problems);
  problems.throwIfAny();
  return root === undefined ? undefined : plainValue(root);
}
