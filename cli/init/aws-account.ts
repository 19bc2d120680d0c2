import { InputError } from "../../lib/core/errors.ts";
import type { Io } from "../io.ts";
import { askAwsIdentity, type AwsIdentity } from "./aws-identity.ts";
import type { Dialog } from "./dialog.ts";
import type { FirstAccount } from "./first-files.ts";
import { listOf, oneOf, regionsProblem } from "./words.ts";

/** What flags say of an AWS account. */
export interface GivenAws {
  readonly account: string | undefined;
  readonly regions: readonly string[];
  readonly endpoints: Pick<FirstAccount, "endpoints">;
  readonly inventory: string | undefined;
}

interface Asking {
  readonly dialog: Dialog | undefined;
  readonly io: Io;
}

const INVENTORIES = [
  { value: "none", label: "neither, or I don't know: what never carried a tag is not seen" },
  { value: "config", label: "AWS Config" },
  { value: "resource-explorer", label: "Resource Explorer" },
] as const;
const USUAL_REGION = "us-east-1";

/**
 * The AWS account to read: what flags say, else what somebody answers, else what AWS says of the credentials at hand.
 * Where none of them knows, stderr says so.
 */
export async function awsAccount(given: GivenAws, asking: Asking): Promise<FirstAccount> {
  const problem = given.account === undefined ? undefined : accountProblem(given.account);
  if (problem !== undefined) throw new InputError(`--account ${given.account}: ${problem}`);
  const isAllGiven = given.account !== undefined && given.regions.length > 0;
  const identity = isAllGiven ? {} : await askAwsIdentity(given.regions[0]);
  if (asking.io.signal.aborted) throw new Error("interrupted");
  const account = given.account ?? (await answerAccount(identity, asking));
  const regions = given.regions.length > 0 ? given.regions : await answerRegions(identity, asking);
  const inventory =
    given.inventory === undefined ? await answerInventory(asking) : oneOf("--inventory", given.inventory, INVENTORIES);
  return { provider: "aws", account, regions, inventory, ...given.endpoints };
}

function accountProblem(text: string): string | undefined {
  return /^[0-9]{12}$/.test(text) ? undefined : "an AWS account is 12 digits";
}

async function answerAccount({ account, problem }: AwsIdentity, { dialog, io }: Asking): Promise<string | undefined> {
  if (dialog !== undefined) {
    const preset = account === undefined ? { example: "444455556666" } : { preset: account };
    return dialog.text("AWS account", { ...preset, problem: accountProblem });
  }
  if (account === undefined)
    await io.stderr.write(`tagwarden: AWS could not be asked which account this is: ${problem ?? "no answer"}\n`);
  return account;
}

async function answerRegions({ region }: AwsIdentity, { dialog, io }: Asking): Promise<readonly string[]> {
  const preset = region ?? USUAL_REGION;
  if (dialog !== undefined) return listOf(await dialog.text("AWS regions", { preset, problem: regionsProblem }));
  if (region === undefined)
    await io.stderr.write(`tagwarden: neither --region, AWS_REGION nor a profile names a region; ${preset} it is\n`);
  return [preset];
}

async function answerInventory({ dialog }: Asking): Promise<(typeof INVENTORIES)[number]["value"]> {
  const question = "Which of these keeps a list of the account's resources?";
  return (await dialog?.chooseOne(question, INVENTORIES)) ?? "none";
}
