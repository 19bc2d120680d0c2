import { HUAWEI_TYPES, type HuaweiType } from "../types.ts";
import type { TmsState } from "./state.ts";

/** A type that TMS tags. */
export interface TmsType extends HuaweiType {
  readonly tms: { readonly provider: string; readonly name: string };
}

/** By their current names those of older pages. */
const OLDER: Readonly<Record<string, string>> = {
  vpcs: "vpc",
  subnets: "subnet",
  DNS_public_zone: "DNS-public_zone",
};

function isTaggable(known: HuaweiType): known is TmsType {
  return known.tms !== undefined;
}

const current: readonly TmsType[] = HUAWEI_TYPES.filter(isTaggable);
const older = current.map((known): TmsType => {
  const { provider, name } = known.tms;
  return { ...known, tms: { provider, name: OLDER[name] ?? name } };
});

/** What TMS can tag. */
export function tmsTypes(state: TmsState | undefined): readonly TmsType[] {
  return state?.olderNames === true ? older : current;
}

const byName = (types: readonly TmsType[]) => new Map(types.map((known) => [known.tms.name, known]));
const currentByName = byName(current);
const olderByName = byName(older);

/** The type of that name, which is compared with its case. */
export function tmsTypeNamed(name: unknown, state: TmsState | undefined): TmsType | undefined {
  if (typeof name !== "string") return undefined;
  return (state?.olderNames === true ? olderByName : currentByName).get(name);
}
