import { InputError } from "../../lib/core/errors.ts";
import { PROVIDERS } from "../../lib/core/resource.ts";
import type { Cloud } from "../../lib/providers/cloud.ts";
import { CLOUDS } from "../../lib/providers/index.ts";
import { permissionsFor, type Use } from "../../lib/providers/permission.ts";
import { FORMAT_OPTION, formatHelp, type AddCommand } from "../command.ts";
import { EXIT, type Io } from "../io.ts";
import { chooseFormat, writeJson, writeTable, type Column } from "../output/results.ts";

interface Options {
  readonly provider: string;
  readonly readOnly?: boolean;
  readonly undo?: boolean;
  readonly format?: string;
}

interface Row {
  readonly action: string;
  readonly use: Use;
  readonly permissions: string;
}

const COLUMNS: readonly Column<Row>[] = [
  ["call", ({ action }) => action],
  ["to", ({ use }) => use],
  ["needs", ({ permissions }) => permissions],
];

type Allowed = Pick<Cloud, "permissions" | "permissionDocument">;

function cloudOf(provider: string): Allowed {
  const name = PROVIDERS.find((one) => one === provider);
  if (name === undefined) throw new InputError(`--provider ${provider}: choose one of ${PROVIDERS.join(", ")}`);
  return CLOUDS[name];
}

function usesOf({ readOnly = false, undo = false }: Options): readonly Use[] {
  if (readOnly && undo) {
    throw new InputError("--read-only and --undo exclude each other: whoever takes tags off writes");
  }
  if (readOnly) return ["read"];
  return undo ? ["read", "tag", "untag"] : ["read", "tag"];
}

async function printPermissions(options: Options, io: Io): Promise<number> {
  const { permissions: table, permissionDocument } = cloudOf(options.provider);
  const uses = usesOf(options);
  const format = chooseFormat(options.format, io.stdout, "json");
  if (format === "table") {
    const rows = Object.entries(table).flatMap(([action, needs]) =>
      uses.flatMap((use): Row[] => {
        const permissions = needs[use];
        return permissions === undefined ? [] : [{ action, use, permissions: permissions.join(" ") }];
      }),
    );
    await writeTable(io.stdout, COLUMNS, rows);
  } else {
    await writeJson(io.stdout, permissionDocument(permissionsFor(table, uses)));
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
    .option(FORMAT_OPTION, formatHelp("json"))
    .action(async (options: Options) => exit(await printPermissions(options, io)));
};
