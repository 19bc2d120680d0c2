import { InputError } from "../../lib/core/errors.ts";
import type { ProviderName } from "../../lib/core/resource.ts";
import { ALIBABA_PERMISSIONS } from "../../lib/providers/alibaba/permissions.ts";
import { AWS_CONFINED, AWS_PERMISSIONS } from "../../lib/providers/aws/permissions.ts";
import { HUAWEI_PERMISSIONS } from "../../lib/providers/huawei/permissions.ts";
import { permissionsFor, type PermissionTable, type Use } from "../../lib/providers/permission.ts";
import { FORMAT_OPTION, formatHelp, type AddCommand } from "../command.ts";
import { EXIT, type Io } from "../io.ts";
import { chooseFormat, writeJson, writeTable, type Column } from "../output/results.ts";

interface Options {
  readonly provider: string;
  readonly readOnly?: boolean;
  readonly undo?: boolean;
  readonly format?: string;
}

interface Cloud {
  readonly table: PermissionTable;
  /** The policy document in the provider's own form. */
  readonly document: (permissions: readonly string[]) => unknown;
}

const CLOUDS: Readonly<Record<ProviderName, Cloud>> = {
  // https://www.alibabacloud.com/help/en/ram/policy-structure-and-syntax
  alibaba: {
    table: ALIBABA_PERMISSIONS,
    document: (Action) => ({ Version: "1", Statement: [{ Effect: "Allow", Action, Resource: "*" }] }),
  },
  // https://support.huaweicloud.com/intl/en-us/usermanual-iam5/iam5_03_0007.html
  huawei: {
    table: HUAWEI_PERMISSIONS,
    document: (Action) => ({ Version: "5.0", Statement: [{ Effect: "Allow", Action }] }),
  },
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
  aws: {
    table: AWS_PERMISSIONS,
    document: (permissions) => ({ Version: "2012-10-17", Statement: awsStatements(permissions) }),
  },
};

/** One for what is allowed everywhere, and one for each kind of resource that others are confined to. */
function awsStatements(permissions: readonly string[]): readonly object[] {
  const anywhere = permissions.filter((action) => !AWS_CONFINED.has(action));
  const confined = permissions.filter((action) => AWS_CONFINED.has(action));
  const places = Map.groupBy(confined, (action) => AWS_CONFINED.get(action));
  return [["*", anywhere] as const, ...places].map(([Resource, Action]) => ({ Effect: "Allow", Action, Resource }));
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

function cloudOf(provider: string): Cloud {
  const cloud = new Map<string, Cloud>(Object.entries(CLOUDS)).get(provider);
  if (cloud === undefined)
    throw new InputError(`--provider ${provider}: choose one of ${Object.keys(CLOUDS).join(", ")}`);
  return cloud;
}

function usesOf({ readOnly = false, undo = false }: Options): readonly Use[] {
  if (readOnly && undo) {
    throw new InputError("--read-only and --undo exclude each other: whoever takes tags off writes");
  }
  if (readOnly) return ["read"];
  return undo ? ["read", "tag", "untag"] : ["read", "tag"];
}

async function printPermissions(options: Options, io: Io): Promise<number> {
  const { table, document } = cloudOf(options.provider);
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
    await writeJson(io.stdout, document(permissionsFor(table, uses)));
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
