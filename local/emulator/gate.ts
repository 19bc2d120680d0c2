import type { ActiveFaults, CallFacts, Fault } from "./faults.ts";
import { matchesGlob } from "./glob.ts";
import type { QuotaMeter } from "./quota.ts";

/** Why a call is refused although nothing is wrong with it. */
export interface Refusal {
  readonly kind: "throttle" | "error";
  readonly code?: string;
  readonly httpStatus?: number;
  /** Whether only some of the call's resources are meant, and which. */
  readonly byResource: boolean;
  concerns(resourceId: string): boolean;
  /** The resource that the message names, where it should. */
  readonly named?: string;
}

/** What the gate decided about one authenticated call. */
export interface Admission {
  readonly refusal?: Refusal;
  /** Resources that this call finds missing. */
  hides(resourceId: string): boolean;
  /** Whether natural not-found errors name the resource. */
  readonly namesOffender: boolean;
  readonly delayMs: number;
  /** Whether the answer never arrives. */
  readonly cut: boolean;
}

/** Faults, then quotas: what stands between a valid signature and the API. */
export interface Gate {
  admit(call: CallFacts): Admission;
}

const HIDES_NOTHING = (): boolean => false;
const DEFAULT_DELAY_MS = 1000;

function refusalOf(kind: Refusal["kind"], fault: Fault, call: CallFacts): Refusal {
  const glob = fault.match?.resourceId;
  const concerns = (id: string): boolean => glob === undefined || matchesGlob(glob, id);
  const named = fault.names === true ? call.resourceIds.find(concerns) : undefined;
  return {
    kind,
    byResource: glob !== undefined,
    concerns,
    ...(fault.code === undefined ? {} : { code: fault.code }),
    ...(fault.httpStatus === undefined ? {} : { httpStatus: fault.httpStatus }),
    ...(named === undefined ? {} : { named }),
  };
}

/** Without `quota` nothing is throttled. */
export function createGate(faults: ActiveFaults, quota: QuotaMeter | undefined, namesOffender: boolean): Gate {
  const open: Admission = { hides: HIDES_NOTHING, namesOffender, delayMs: 0, cut: false };
  const throttled: Admission = { ...open, refusal: { kind: "throttle", byResource: false, concerns: () => true } };

  return {
    admit(call) {
      const fault = faults.hit(call);
      if (fault === undefined) {
        return quota === undefined || quota.take(call.account, call.region, call.action) ? open : throttled;
      }
      switch (fault.effect) {
        case "throttle":
          return { ...open, refusal: refusalOf("throttle", fault, call) };
        case "error":
          return { ...open, refusal: refusalOf("error", fault, call) };
        case "drop-response":
          return { ...open, cut: true };
        case "delay":
          return { ...open, delayMs: fault.delayMs ?? DEFAULT_DELAY_MS };
        case "not-found": {
          const glob = fault.match?.resourceId;
          return {
            ...open,
            namesOffender: fault.names ?? namesOffender,
            hides: (id) => glob === undefined || matchesGlob(glob, id),
          };
        }
      }
    },
  };
}
