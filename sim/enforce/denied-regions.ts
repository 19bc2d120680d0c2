import type { EnforceContainer } from "./invocation.ts";
import type { SimResource } from "./scenario.ts";
import type { SentCall } from "./sent-call.ts";

const denied = new WeakMap<EnforceContainer, Set<string>>();

const scopeOf = ({ account, region }: { readonly account: string; readonly region: string }) => `${account}/${region}`;

/** Remembers where a process was denied access. */
export function noteDenial({ request, container }: SentCall): void {
  denied.set(container, (denied.get(container) ?? new Set()).add(scopeOf(request)));
}

/** Whether a process was ever denied access where this resource lies. */
export function wasDenied({ ref }: SimResource, container: EnforceContainer): boolean {
  return denied.get(container)?.has(scopeOf(ref)) === true;
}
