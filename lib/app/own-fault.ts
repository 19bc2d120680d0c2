import { CLIENT_FAULT, clientFault } from "../core/client-fault.ts";
import type { AccountConfig } from "../core/config.ts";
import type { ApiContract } from "../core/contract.ts";
import { ProviderError } from "../core/errors.ts";
import type { Log } from "./ports.ts";

interface Target {
  readonly account: Pick<AccountConfig, "account">;
  readonly region: string;
  readonly api: Pick<ApiContract, "action">;
  readonly kind: "read" | "write";
}

/** What a call failed with, and a line with its stack where that was our own code. */
export function failureOf(thrown: unknown, target: Target, log: Pick<Log, "error"> | undefined): ProviderError {
  const { action } = target.api;
  // Of a write that broke off in our own code nobody knows whether it had been sent.
  const error = thrown instanceof ProviderError ? thrown : clientFault(action, thrown, target.kind === "write");
  if (error.code === CLIENT_FAULT) {
    const { message: reason, cause } = error;
    const stack = cause instanceof Error ? cause.stack : undefined;
    const { account, region } = target;
    log?.error("a call failed in our own code", { action, account: account.account, region, reason, stack });
  }
  return error;
}
