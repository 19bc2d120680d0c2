import { InputError } from "../../../lib/core/errors.ts";
import type { Io } from "../../io.ts";
import { askAwsIdentity, type AwsIdentity } from "./aws-identity.ts";
import { answerProblem } from "./check.ts";
import type { Dialog } from "./dialog.ts";
import type { FirstAccount } from "./first-files.ts";
import { draftOf, INVENTORIES, type Given } from "./given.ts";
import { listOf, regionsProblem } from "./words.ts";

interface Asking {
  readonly dialog: Dialog | undefined;
  readonly io: Io;
}

const USUAL_REGION = "us-east-1";

/**
 * The AWS account to read: what flags say, else what somebody answers, else what AWS says of the credentials at hand.
 * Where none of them knows, stderr says so.
 */
export async function awsAccount(given: Given, asking: Asking): Promise<FirstAccount> {
  const wrong = given.account === undefined ? undefined : accountProblem(given.account);
  if (wrong !== undefined) throw new InputError(`--account ${given.account}: ${wrong}`);
  const isAllGiven = given.account !== undefined && given.regions.length > 0;
  const identity = isAllGiven ? {} : await askAwsIdentity(given.regions[0]);
  if (asking.io.signal.aborted) throw new Error("interrupted");
  const account = given.account ?? (await answerAccount(identity, asking));
  const regions = given.regions.length > 0 ? given.regions : await answerRegions(identity, given, asking);
  const inventory = given.inventory ?? (await answerInventory(asking));
  return { ...draftOf("aws", given), account, regions, inventory };
}

function accountProblem(text: string): string | undefined {
  return /^[0-9]{12}$/.test(text) ? undefined : "an AWS account is 12 digits";
}

async function answerAccount({ account, problem }: AwsIdentity, { dialog, io }: Asking): Promise<string | undefined> {
  if (account === undefined)
    await io.stderr.write(`tagwarden: AWS could not be asked which account this is: ${problem ?? "no answer"}\n`);
  if (dialog === undefined) return account;
  const preset = account === undefined ? {} : { preset: account };
  return dialog.text("AWS account (12 digits)", { ...preset, problem: accountProblem });
}

async function answerRegions(
  { region }: AwsIdentity,
  given: Given,
  { dialog, io }: Asking,
): Promise<readonly string[]> {
  const preset = region ?? USUAL_REGION;
  if (dialog !== undefined) {
    const problem = (text: string) =>
      regionsProblem(text) ??
      answerProblem({ ...draftOf("aws", given), regions: listOf(text) }, "--region", given.prefix);
    return listOf(await dialog.text("AWS regions", { preset, problem }));
  }
  if (region === undefined)
    await io.stderr.write(`tagwarden: neither --region, AWS_REGION nor a profile names a region; ${preset} it is\n`);
  return [preset];
}

async function answerInventory({ dialog }: Asking): Promise<(typeof INVENTORIES)[number]["value"]> {
  const question = "Which of these keeps a list of the account's resources?";
  return (await dialog?.chooseOne(question, INVENTORIES)) ?? "none";
}
