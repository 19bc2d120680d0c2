import { InputError } from "../../../lib/core/errors.ts";
import type { ProviderName } from "../../../lib/core/resource.ts";
import type { Io } from "../../io.ts";
import { awsAccount } from "./aws-account.ts";
import { answerProblem } from "./check.ts";
import type { Dialog } from "./dialog.ts";
import type { FirstAccount } from "./first-files.ts";
import { draftOf, withGapsFilled, type Given, type InitFlags } from "./given.ts";
import { listOf, oneOf, refuseCommas, regionsProblem } from "./words.ts";

const PROVIDERS: readonly { readonly value: ProviderName; readonly label: string }[] = [
  { value: "aws", label: "AWS" },
  { value: "alibaba", label: "Alibaba Cloud" },
  { value: "huawei", label: "Huawei Cloud" },
];

/** The providers that the flags name, or that somebody chooses; AWS where nobody does. */
export async function answerProviders(flags: InitFlags, dialog: Dialog | undefined): Promise<readonly ProviderName[]> {
  refuseCommas("--provider", flags.provider ?? []);
  const given = flags.provider?.map((name) => oneOf("--provider", name, PROVIDERS));
  if (given !== undefined) return [...new Set(given)];
  const named = PROVIDERS.map((one) => ({ ...one, preset: one.value === "aws" }));
  return (await dialog?.choose("Which clouds?", named)) ?? ["aws"];
}

/** The accounts to read. Throws InputError that names all flags that are missing where nobody can be asked. */
export async function answerAccounts(
  given: ReadonlyMap<ProviderName, Given>,
  { dialog, io }: { readonly dialog: Dialog | undefined; readonly io: Io },
): Promise<readonly FirstAccount[]> {
  const missing: string[] = [];
  const accounts: FirstAccount[] = [];
  const asking = { dialog, lacks: (flag: string) => void missing.push(flag) };
  for (const [provider, one] of given) {
    switch (provider) {
      case "aws":
        accounts.push(await awsAccount(one, { dialog, io }));
        break;
      case "alibaba":
        accounts.push(await alibabaAccount(one, asking));
        break;
      case "huawei":
        accounts.push(await huaweiAccount(one, asking));
    }
  }
  if (missing.length > 0) {
    throw new InputError(`init: nobody can be asked here, and these are missing: ${missing.join(", ")}`);
  }
  return accounts;
}

interface Asking {
  readonly dialog: Dialog | undefined;
  /** Notes a flag that is missing where nobody can be asked. */
  readonly lacks: (flag: string) => void;
}

async function alibabaAccount(given: Given, asking: Asking): Promise<FirstAccount> {
  const { prefix } = given;
  const draft = draftOf("alibaba", given);
  const account = given.account ?? (await asked(asking, "Alibaba Cloud account id", `--account ${prefix}ID`));
  const regions =
    given.regions.length > 0
      ? given.regions
      : await askedRegions(asking, "Alibaba Cloud regions (such as cn-hangzhou)", {
          prefix,
          with: (some) => ({ ...draft, regions: some }),
        });
  return { ...draft, account, regions };
}

async function huaweiAccount(given: Given, asking: Asking): Promise<FirstAccount> {
  const { prefix } = given;
  const draft = draftOf("huawei", given);
  const account = given.account ?? (await asked(asking, "Huawei Cloud domain id", `--account ${prefix}ID`));
  const regions =
    given.regions.length > 0
      ? given.regions
      : await askedRegions(asking, "Huawei Cloud regions (such as cn-north-4)", {
          prefix,
          with: (some) => ({ ...draft, regions: some, projects: withGapsFilled(given.projects, some) }),
        });
  let projects = given.projects;
  for (const region of regions) {
    if (projects[region] !== undefined) continue;
    const known = projects;
    const problem = (project: string) =>
      answerProblem(
        { ...draft, regions, projects: withGapsFilled({ ...known, [region]: project }, regions) },
        "--project",
        prefix,
      );
    const project = await asked(asking, `Project id of ${region}`, `--project ${region}=ID`, problem);
    projects = { ...known, [region]: project };
  }
  return { ...draft, account, regions, projects };
}

async function asked(
  { dialog, lacks }: Asking,
  question: string,
  flag: string,
  problem: (text: string) => string | undefined = () => undefined,
): Promise<string> {
  if (dialog !== undefined) {
    return dialog.text(question, { problem: (text) => (text === "" ? "must not be empty" : problem(text)) });
  }
  lacks(flag);
  return "";
}

async function askedRegions(
  { dialog, lacks }: Asking,
  question: string,
  {
    prefix,
    with: accountWith,
  }: { readonly prefix: string; readonly with: (regions: readonly string[]) => FirstAccount },
): Promise<readonly string[]> {
  if (dialog !== undefined) {
    const problem = (text: string) =>
      regionsProblem(text) ?? answerProblem(accountWith(listOf(text)), "--region", prefix);
    return listOf(await dialog.text(question, { problem }));
  }
  lacks(`--region ${prefix}REGION`);
  return [];
}
