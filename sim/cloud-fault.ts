import type { ProviderName } from "../lib/core/resource.ts";
import type { Dice } from "./dice.ts";

/** Which calls a fault hits; an absent field hits all. */
export interface FaultScope {
  readonly provider?: ProviderName;
  readonly account?: string;
  readonly region?: string;
  readonly kind?: "read" | "write";
}

export type CloudFaultKind =
  | "throttle"
  | "outage"
  | "lost"
  | "html"
  | "error-in-200"
  | "access"
  | "conflict"
  | "unheard"
  | "slow-read"
  | "unasked-row"
  | "narrow-role"
  | "slow"
  | "lag"
  | "repeated-token"
  | "refused-token";

/** Something that is wrong with a cloud for a while. */
export interface CloudFault {
  readonly kind: CloudFaultKind;
  readonly scope: FaultScope;
  readonly from: number;
  readonly until: number;
  readonly probability: number;
  /** Retry hint, latency or lag, as the kind says. */
  readonly ms: number;
}

/** What a fault is matched with. */
interface Call {
  readonly kind: "read" | "write";
  readonly type: string;
  readonly account: string;
  readonly region: string;
}

/** The fault of this kind that hits this call, where one does. */
export function activeFault(
  kind: CloudFaultKind,
  { kind: side, type, account, region }: Call,
  { faults, now, dice }: { readonly faults: readonly CloudFault[]; readonly now: number; readonly dice: Dice },
): CloudFault | undefined {
  return faults.find(
    (fault) =>
      fault.kind === kind &&
      now >= fault.from &&
      now < fault.until &&
      (fault.scope.kind === undefined || fault.scope.kind === side) &&
      (fault.scope.provider === undefined || type.startsWith(`${fault.scope.provider}:`)) &&
      (fault.scope.account === undefined || fault.scope.account === account) &&
      (fault.scope.region === undefined || fault.scope.region === region) &&
      dice.chance(fault.probability),
  );
}
