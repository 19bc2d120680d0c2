import { errorText } from "../../lib/core/error-text.ts";

/** What AWS says of whoever calls it. */
export interface AwsIdentity {
  /** The 12 digits; absent where AWS couldn't be asked. */
  readonly account?: string;
  /** The region of the environment or the profile; absent where they name none. */
  readonly region?: string;
  /** Why it couldn't be asked. */
  readonly problem?: string;
}

/** The SDK's chain tries the network last, and whoever has no key there waits for nothing. */
const LONGEST_MS = 5_000;

/** Asks STS by the SDK's own chain of credentials: environment, profile, SSO, the machine's role. Never throws. */
export async function askAwsIdentity(region: string | undefined): Promise<AwsIdentity> {
  const { GetCallerIdentityCommand, STSClient } = await import("@aws-sdk/client-sts");
  const found = region ?? (await regionOf(new STSClient()));
  const client = new STSClient({ region: found ?? "us-east-1", maxAttempts: 2 });
  const known = found === undefined ? {} : { region: found };
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`no answer in ${LONGEST_MS / 1000} seconds`)), LONGEST_MS);
  try {
    const { Account: account } = await Promise.race([client.send(new GetCallerIdentityCommand()), late.promise]);
    return account === undefined ? { ...known, problem: "STS named no account" } : { ...known, account };
  } catch (error) {
    // Not a failure of the command: whoever is asked, or a flag, tells the account instead.
    return { ...known, problem: error instanceof Error ? errorText(error.name, error.message) : String(error) };
  } finally {
    clearTimeout(timer);
    client.destroy();
  }
}

interface RegionClient {
  readonly config: { readonly region: () => Promise<string> };
}

async function regionOf({ config }: RegionClient): Promise<string | undefined> {
  try {
    return await config.region();
  } catch {
    // Neither environment nor profile names one; the caller says which it takes instead.
    return undefined;
  }
}
