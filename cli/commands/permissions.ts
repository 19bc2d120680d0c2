import { InputError } from "../../lib/core/errors.ts";
import { globsMeet } from "../../lib/core/glob.ts";
import { PROVIDERS } from "../../lib/core/resource.ts";
import type { Rights } from "../../lib/providers/cloud.ts";
import { rightsFor } from "../../lib/providers/index.ts";
import { permissionsFor, type Place, type Use } from "../../lib/providers/permission.ts";
import { FORMAT_OPTION, formatHelp, type AddCommand } from "../command.ts";
import { EXIT, type Io } from "../io.ts";
import { chooseFormat, writeJson, writeTable, type Column } from "../output/results.ts";

interface Options {
  readonly provider: string;
  readonly readOnly?: boolean;
  readonly undo?: boolean;
  readonly account?: string;
  readonly type?: readonly string[];
  readonly format?: string;
}

interface Row {
  readonly action: string;
  readonly use: Use;
  readonly permissions: string;
  readonly places: string;
}

const ANY_ACCOUNT = "*";

const COLUMNS: readonly Column<Row>[] = [
  ["call", ({ action }) => action],
  ["to", ({ use }) => use],
  ["needs", ({ permissions }) => permissions],
  ["on", ({ places }) => places],
];

function rightsOf({ provider, type: types = [] }: Options): Rights {
  const name = PROVIDERS.find((one) => one === provider);
  if (name === undefined) throw new InputError(`--provider ${provider}: choose one of ${PROVIDERS.join(", ")}`);
  const foreign = types.find((glob) => !globsMeet(glob, `${name}:*`));
  if (foreign !== undefined) throw new InputError(`--type ${foreign}: no type of ${name} is called like this`);
  return rightsFor({ provider: name, types });
}

function usesOf({ readOnly = false, undo = false }: Options): readonly Use[] {
  if (readOnly && undo) {
    throw new InputError("--read-only and --undo exclude each other: whoever takes tags off writes");
  }
  if (readOnly) return ["read"];
  return undo ? ["read", "tag", "untag"] : ["read", "tag"];
}

/** The account that resources are named with, where they are: on Alibaba Cloud a number. */
function accountOf({ account, provider }: Options, { permissions, placesOf }: Rights): string {
  if (account === undefined) return ANY_ACCOUNT;
  const all = Object.values(permissions).flatMap((needs) => Object.values(needs).flat());
  const placesIn = (one: string): string => JSON.stringify(all.map((permission) => placesOf(permission, one)));
  if (placesIn("1") === placesIn("2")) {
    throw new InputError(`--account: the policy of ${provider} names no account; leave it out`);
  }
  if (!/^[0-9]+$/.test(account)) throw new InputError(`--account ${account}: an account of ${provider} is a number`);
  return account;
}

const placeText = ({ pattern, basis }: Place): string => (basis === "assumed" ? `${pattern} (assumed)` : pattern);

/** A row for each set of places that permissions of one call share. */
function rowsOf(action: string, use: Use, permissions: readonly string[], placesOf: (one: string) => readonly Place[]) {
  const byPlaces = Map.groupBy(permissions, (one) => placesOf(one).map(placeText).join(" "));
  return [...byPlaces].map(([places, some]): Row => ({ action, use, permissions: some.join(" "), places }));
}

async function printPermissions(options: Options, io: Io): Promise<number> {
  const cloud = rightsOf(options);
  const { permissions: table, permissionDocument, placesOf } = cloud;
  const account = accountOf(options, cloud);
  const uses = usesOf(options);
  const format = chooseFormat(options.format, io.stdout, "json");
  if (format === "table") {
    const rows = Object.entries(table).flatMap(([action, needs]) =>
      uses.flatMap((use) => rowsOf(action, use, needs[use] ?? [], (permission) => placesOf(permission, account))),
    );
    await writeTable(io.stdout, COLUMNS, rows);
  } else {
    await writeJson(io.stdout, permissionDocument(permissionsFor(table, uses), account));
  }
  return EXIT.done;
}

/** `tagwarden permissions`: what an account has to allow, and nothing more. */
export const addPermissions: AddCommand = (program, { io, exit }) => {
  program
    .command("permissions")
    .description("Print the policy that lets tagwarden do in an account what it does, and nothing else.")
    .requiredOption("--provider <name>", "alibaba, huawei or aws")
    .option("--read-only", "for an account that is audited and never written to")
    .option("--undo", "for undo and tags unset as well, which take tags off")
    .option("--account <id>", "confine rights to this account, where the cloud's pages name resources (default: any)")
    .option("--type <glob...>", "for an account with these `types`, which may ask for more than usual")
    .option(FORMAT_OPTION, formatHelp("json"))
    .action(async (options: Options) => exit(await printPermissions(options, io)));
};
