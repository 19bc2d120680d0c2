import type { AccountConfig } from "../../core/config/config.ts";
import type { Mode } from "../../core/mode.ts";

/** The code of what isn't written because a brake is on. */
export const BRAKE = "report-mode";

/** Why nothing may be written to this account, whatever policies and people ask for; undefined = no brake is on. */
export function brakeOn(mode: Mode, account: Pick<AccountConfig, "account" | "mode">): string | undefined {
  if (mode === "report") return "tagwarden runs in report mode (TAGWARDEN_MODE=report)";
  if (account.mode === "enforce") return undefined;
  return `account ${account.account} is in report mode (mode: report in the configuration)`;
}
