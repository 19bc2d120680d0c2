import { InputError } from "../lib/core/errors.ts";
import type { ProviderName } from "../lib/core/resource.ts";
import { ALIBABA_PERMISSIONS } from "../lib/providers/alibaba/permissions.ts";
import { AWS_PERMISSIONS } from "../lib/providers/aws/permissions.ts";
import { HUAWEI_PERMISSIONS } from "../lib/providers/huawei/permissions.ts";
import type { PermissionTable } from "../lib/providers/permission.ts";
import { FORMAT_OPTION, formatHelp, type AddCommand } from "./command.ts";
import { EXIT, type Io } from "./io.ts";
import { chooseFormat, writeJson, writeTable, type Column } from "./results.ts";

interface Options {
  readonly provider: string;
  readonly readOnly?: boolean;
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
    document: (Action) => ({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource: "*" }] }),
  },
};

interface Row {
  readonly action: string;
  readonly access: "read" | "write";
  readonly permissions: string;
}

const COLUMNS: readonly Column<Row>[] = [
  ["call", ({ action }) => action],
  ["access", ({ access }) => access],
  ["needs", ({ permissions }) => permissions],
];

function cloudOf(provider: string): Cloud {
  const cloud = new Map<string, Cloud>(Object.entries(CLOUDS)).get(provider);
  if (cloud === undefined)
    throw new InputError(`--provider ${provider}: choose one of ${Object.keys(CLOUDS).join(", ")}`);
  return cloud;
}

async function printPermissions({ provider, readOnly = false, format: asked }: Options, io: Io): Promise<number> {
  const { table, document } = cloudOf(provider);
  const format = chooseFormat(asked, io.stdout, "json");
  const needed = Object.entries(table).filter(([, { writes }]) => !(readOnly && writes));
  if (format === "table") {
    const rows = needed.map(([action, { permissions, writes }]): Row => {
      return { action, access: writes ? "write" : "read", permissions: permissions.join(" ") };
    });
    await writeTable(io.stdout, COLUMNS, rows);
  } else {
    const permissions = new Set(needed.flatMap(([, { permissions: all }]) => all));
    await writeJson(io.stdout, document([...permissions].toSorted()));
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
    .option(FORMAT_OPTION, formatHelp("json"))
    .action(async (options: Options) => exit(await printPermissions(options, io)));
};
