import type { AccountConfig } from "../core/config/config.ts";
import { isLoopback } from "../core/config/rules.ts";
import { readerOf, tagLists, type InventoryContract, type TypeContract } from "../core/contract.ts";
import { InputError, ProviderError, errorText } from "../core/errors.ts";
import { anyGlobMatcher } from "../core/glob.ts";
import { WRITING_OFF, type Mode } from "../core/mode.ts";
import { recordedText, type Recorded } from "../core/recorded.ts";
import type { ProviderName, ResourceType } from "../core/resource.ts";
import { isTaggedOnly, SET_INVENTORY } from "../core/tagged-only.ts";
import { contentOfInventoryPage, pages } from "./cloud/pages.ts";
import type { InventoryResource, TagProvider } from "./ports/provider.ts";

/** What was looked at, and what is to be done about it. */
export interface Check {
  /** Absent, with the account, where it holds for all of them. */
  readonly provider?: ProviderName;
  readonly account?: string;
  /** Absent where it holds for all regions. */
  readonly region?: string;
  readonly check: "read" | "inventory" | "clock" | "quota" | "write" | "events" | "mode" | "types";
  /** `unknown` = it can't be looked at from here. */
  readonly result: "ok" | "problem" | "unknown";
  readonly says: string;
  /** Absent where there is nothing to do. */
  readonly todo?: string;
  /** Of a read: the call that was made, with which `says` begins. */
  readonly action?: string;
  /** Where the call was refused: the rights that it needs, with which `todo` ends. */
  readonly needs?: readonly string[];
}

export interface DoctorDeps {
  readonly provider: TagProvider;
  /** Milliseconds that the provider's clock was ahead of ours at its last answer; absent where it didn't say. */
  readonly skewMs: () => number | undefined;
  /**
   * When an event last told of a resource of this account, in milliseconds since the epoch; absent = not known here. Throws
   * InputError where it can't be looked up.
   */
  readonly lastEvent?: (provider: TagProvider) => Promise<number | undefined>;
  readonly now: () => number;
  /** Types that this cloud can tag and that an account has to ask for; absent = there are none. */
  readonly othersToAskFor?: ReadonlySet<ResourceType>;
  /** What a call needs to be allowed, in the provider's words; none = not known. Absent = nobody can tell. */
  readonly rightsFor?: (action: string) => readonly string[];
}

/** Signatures are refused beyond 15 minutes on every cloud; long before that something is wrong with the clock. */
const MOST_SKEW_MS = 60_000;
const HOUR_MS = 3_600_000;

/**
 * Looks at one account without writing anything: a call of each API that lists or reads tags, in each region, the clock,
 * our share of the quota, and whether events arrive.
 */
export async function examineAccount(account: AccountConfig, deps: DoctorDeps): Promise<readonly Check[]> {
  const checks: Check[] = [];
  for (const contract of deps.provider.contracts) {
    checks.push(...(await examineWholeInventory(account, contract, deps)));
    for (const region of regionsToAsk(account, contract)) {
      checks.push(...(await examineReads(account, contract, region, deps)));
    }
    checks.push(...examineInventory(account, contract), ...examineQuota(account, contract));
  }
  checks.push(...examineTypes(account, deps));
  return [...checks, examineClock(account, deps), examineWrites(account), await examineEvents(account, deps)];
}

/** What an account could ask for. */
function examineTypes({ provider: name, account }: AccountConfig, { provider, othersToAskFor }: DoctorDeps): Check[] {
  if (provider.leavesTypes !== true || othersToAskFor === undefined) return [];
  const says = `${othersToAskFor.size} more types can be tagged here, and the account's \`types\` name none of them`;
  const todo = `to have them looked after, add \`types: ["${name}:*"]\` to the account, and attach what \`tagwarden permissions --provider ${name} --type '${name}:*'\` prints`;
  return [{ provider: name, account, check: "types", result: "ok", says, todo }];
}

/** Whether anything may be written at all, and who says so. */
export interface ModeDeps {
  /** Of commands, by their environment. */
  readonly own: Mode;
  /**
   * What the service was deployed with; undefined = it doesn't tell. Absent = nobody asked. Throws InputError where it
   * can't be looked up.
   */
  readonly deployed?: () => Promise<Mode | undefined>;
}

/** One check where writing is off, or where that can't be told; none where it is on. */
export async function examineMode({ own, deployed }: ModeDeps): Promise<readonly Check[]> {
  const off: Check = { check: "mode", result: "ok", ...WRITING_OFF };
  if (own === "report") return [off];
  if (deployed === undefined) return [];
  try {
    const mode = await deployed();
    if (mode !== undefined) return mode === "report" ? [off] : [];
    const says = "the table doesn't say whether writing is on: an earlier version was deployed, which wrote by default";
    const todo = 'deploy this one, with --param="mode=enforce" to go on writing';
    return [{ check: "mode", result: "unknown", says, todo }];
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const todo = "correct what the message names, and allow dynamodb:DescribeTable and dynamodb:ListTagsOfResource";
    return [{ check: "mode", result: "unknown", says: `whether writing is on: ${error.message}`, todo }];
  }
}

interface Place extends Pick<Check, "region"> {
  readonly provider: ProviderName;
  readonly account: string;
}

/** Whether the resources of a type lie in no region, one by one or with all of its contract. */
function isGlobal(type: ResourceType, { global, globalServices }: TypeContract): boolean {
  return global || globalServices?.has(type.split(":", 2)[1] ?? "") === true;
}

/** Whether one listing shows all regions of an account. */
const isOfAllRegions = ({ per }: InventoryContract): boolean => per === "account";

/** The listing of all regions, and what counts it. */
async function examineWholeInventory(
  { provider: name, account, types }: AccountConfig,
  contract: TypeContract,
  { provider, rightsFor }: DoctorDeps,
): Promise<readonly Check[]> {
  const look = (action: string, call: () => Promise<unknown>) =>
    examineCall({ provider: name, account }, action, call, rightsFor?.(action) ?? [], types);
  const checks: Check[] = [];
  for (const [type, inventory] of Object.entries(contract.inventory).filter(([, one]) => isOfAllRegions(one))) {
    const { action, emptyMayMean, recording, counting } = inventory;
    if (recording !== undefined && provider.readRecorded !== undefined) {
      let recorded: Recorded | undefined;
      const asked = await look(recording.action, async () => {
        recorded = await provider.readRecorded?.("all", type);
      });
      checks.push(asked.result === "ok" ? ofRecorder(asked, recording, recorded) : asked);
    }
    let first: InventoryResource | undefined;
    const listed = await look(action, async () => {
      first = await firstListed(provider, "all", type);
    });
    const isEmpty = listed.result === "ok" && first === undefined;
    checks.push(isEmpty && emptyMayMean !== undefined ? unproven(listed, action, emptyMayMean) : listed);
    if (counting === undefined || provider.countInventory === undefined) continue;
    checks.push(await look(counting.action, async () => provider.countInventory?.("all", type, "region")));
  }
  return checks;
}

/** What a recorder leaves out: an audit lists nothing of it. */
function ofRecorder(
  check: Check,
  { action, recorder }: { readonly action: string; readonly recorder: string },
  recorded: Recorded = "everything",
): Check {
  if (recorded === "everything") return check;
  const { action: _, ...place } = check;
  const found = { ...place, check: "inventory", says: `${action}: ${recordedText(recorder, recorded)}` } as const;
  if (recorded === "nothing") return { ...found, result: "problem", todo: `turn ${recorder} on, for all types` };
  return { ...found, result: "unknown", todo: `to have more audited, let ${recorder} record it` };
}

function regionsToAsk({ regions }: AccountConfig, contract: TypeContract): readonly string[] {
  if (contract.global) return ["global"];
  const hasGlobal = Object.keys(contract.inventory).some((type) => isGlobal(type, contract));
  return hasGlobal && !regions.includes("global") ? [...regions, "global"] : regions;
}

async function examineReads(
  { provider: name, account, types }: AccountConfig,
  contract: TypeContract,
  region: string,
  { provider, rightsFor }: DoctorDeps,
): Promise<readonly Check[]> {
  const asksForMore = contract.optIn === true;
  const look = (action: string, call: () => Promise<unknown>) =>
    examineCall({ provider: name, account, region }, action, call, rightsFor?.(action) ?? [], asksForMore ? types : []);
  const isConfigured = anyGlobMatcher(types);
  const checks: Check[] = [];
  const isHere = (type: ResourceType) => isGlobal(type, contract) === (region === "global");
  const listable = Object.entries(contract.inventory).filter(
    ([type, inventory]) => (type.includes("*") || isConfigured(type)) && isHere(type) && !isOfAllRegions(inventory),
  );
  for (const [type, { action, emptyMayMean }] of listable) {
    let first: InventoryResource | undefined;
    const listed = await look(action, async () => {
      first = await firstListed(provider, region, type);
    });
    const isEmpty = listed.result === "ok" && first === undefined;
    checks.push(isEmpty && emptyMayMean !== undefined ? unproven(listed, action, emptyMayMean) : listed);
    const { list } = readerOf({ type }, contract);
    if (list.tagFilters > 0 || first === undefined) continue;
    const { id, project } = first;
    checks.push(
      await look(list.action, () => provider.listTagResources({ region, project, type, ids: [id] }, undefined)),
    );
    if (list.fullListing === undefined) continue;
    const { action: full } = list.fullListing;
    checks.push(optional(await look(full, () => provider.listTagResources({ region, type }, undefined)), full));
  }
  const [filtered = contract.types[0]] = listable
    .map(([type]) => type)
    .filter((type) => readerOf({ type }, contract).list === contract.list);
  if (filtered !== undefined && contract.list.tagFilters > 0 && (contract.global || region !== "global")) {
    // A key alone is looked for within one type, where several share a call.
    const value = contract.list.typeScan === true ? { value: "none" } : {};
    const query = { region, type: filtered, tags: [{ key: "tagwarden-doctor", ...value }] };
    checks.push(await look(contract.list.action, () => provider.listTagResources(query, undefined)));
  }
  const { typeListing } = contract;
  if (typeListing !== undefined && provider.listTypes !== undefined) {
    checks.push(await look(typeListing.action, async () => provider.listTypes?.(region, undefined)));
  }
  return checks;
}

/**
 * The first resource that can carry tags, which a call that is let in may show; where there are projects after all pages,
 * since each of them may refuse.
 */
async function firstListed(
  provider: TagProvider,
  region: string,
  type: ResourceType,
): Promise<InventoryResource | undefined> {
  let first: InventoryResource | undefined;
  const fetchPage = (token: string | undefined) => provider.listInventory(region, type, token);
  for await (const { resources, nextToken } of pages(fetchPage, contentOfInventoryPage)) {
    first ??= resources.find(({ notTaggable }) => notTaggable === undefined);
    if (provider.projectIn === undefined || region === "global" || nextToken === undefined) break;
  }
  return first;
}

function unproven(check: Check, action: string, emptyMayMean: string): Check {
  const says = `${action} shows nothing: there is nothing, or ${emptyMayMean}`;
  const todo = "if there is something, look into that; if there is not, leave the type out of the account's `types`";
  return { ...check, result: "unknown", says, todo };
}

/** What nobody has to grant is no problem where it isn't. */
function optional(check: Check, action: string): Check {
  if (check.result !== "problem") return check;
  const { todo: _todo, ...rest } = check;
  return { ...rest, result: "ok", says: `${action} is not granted, which only costs audits more calls` };
}

/** `rights`: what the call needs, in the provider's words; none = not known. */
async function examineCall(
  place: Place,
  action: string,
  call: () => Promise<unknown>,
  rights: readonly string[],
  types: readonly string[] = [],
): Promise<Check> {
  const answers: Check = { ...place, check: "read", result: "ok", says: `${action} answers`, action };
  try {
    await call();
    return answers;
  } catch (error) {
    if (error instanceof InputError) {
      // A secret of this account that isn't there; the other accounts are looked at all the same.
      const todo = "correct the account's entry in the configuration, or what it refers to";
      return { ...answers, result: "problem", says: `${action}: ${error.message}`, todo };
    }
    if (!(error instanceof ProviderError)) throw error;
    // It is gone by now, or carries no tags: whoever hears that of a resource was let in.
    if (error.isFinal) return answers;
    const says = `${action}: ${errorText(error.code, error.message)}`;
    const remedy = remedyFor(error, { ...place, types });
    const needs = remedy === attachRights({ ...place, types }) && rights.length > 0 ? { needs: rights } : {};
    return { ...answers, result: "problem", says, todo: `${remedy}${needsText(needs)}`, ...needs };
  }
}

/** What Alibaba Cloud's STS says where a role isn't to be had for a token. */
const ROLE_REFUSED = /^(AuthenticationFail|EntityNotExist)\./;

/** What Alibaba Cloud's Resource Center says where nobody has switched it on. */
const SWITCHED_OFF = /^(Service)?NotEnabled$/;

/** What our client says where an agency of Huawei Cloud isn't to be had: STS' codes are those of other calls as well. */
const AGENCY_REFUSED = /: the agency \S+ can't be taken: /;

/** Codes that speak of when a request was signed, and codes of a temporary key's end: both say "expired". */
const SIGNED_AT_A_WRONG_TIME = /^(InvalidTimeStamp|IllegalTimestamp|RequestExpired|RequestTimeTooSkewed)/i;
const KEY_HAS_EXPIRED = /token[a-z.]*expired|expired[a-z.]*token/i;

/** `types`: those that an account asks for beside what every account has. */
function attachRights({ provider, types }: Pick<Place, "provider"> & { readonly types: readonly string[] }): string {
  const asked = types.length === 0 ? "" : ` --type ${types.map((glob) => `'${glob}'`).join(" ")}`;
  return `check the keys, and attach what \`tagwarden permissions --provider ${provider}${asked}\` prints`;
}

/** How `todo` ends where a call was refused; nothing for others. */
export function needsText({ needs = [] }: Pick<Check, "needs">, calls = "this call needs"): string {
  return needs.length === 0 ? "" : `: ${calls} ${needs.join(" and ")}`;
}

function remedyFor(
  { kind, httpStatus, code, message }: ProviderError,
  place: Place & { readonly types: readonly string[] },
): string {
  if (code === "CredentialsUnavailable")
    return "correct what the message names: the account's credentials can't be had";
  if (ROLE_REFUSED.test(code)) {
    return "compare the identity provider (issuer, fingerprint, client id) and the role's trust policy (audience, subject) with what the token says";
  }
  if (SWITCHED_OFF.test(code)) {
    return "switch the service on, in the console of Resource Management or by EnableResourceCenter (no charge); then give it some minutes to collect what there is";
  }
  if (code === "MissingProject") {
    return "name the account's project under `projects`; where `tagwarden config compile` could not enter the account, compile it again once it can be";
  }
  if (kind === "access" && AGENCY_REFUSED.test(message)) {
    return "make the agency in this account, with a trust policy that names the account of the key, and allow the key sts:agencies:assume";
  }
  if (httpStatus === 0 && kind !== "throttled") return "check the network, the region's name and `endpoints`";
  if (SIGNED_AT_A_WRONG_TIME.test(code)) return "set this machine's clock (NTP)";
  if (KEY_HAS_EXPIRED.test(code)) return "get a new temporary key: the session token of this one has expired";
  if (kind === "access") return attachRights(place);
  if (kind === "throttled") return "something else uses up the quota: try again, or lower `callsPerSecond`";
  if (kind === "request") return "report this: the request is wrong";
  return "try again; if it stays, see what the cloud says of this code, and its status page";
}

/** What no call can show: whether there is something that an audit doesn't see. */
function examineInventory({ provider, account, types }: AccountConfig, contract: TypeContract): readonly Check[] {
  if (!contract.types.some((type) => isTaggedOnly(type, contract, types))) return [];
  const says = "resources that never carried a tag are not seen by audits: no inventory is configured";
  return [{ provider, account, check: "inventory", result: "unknown", says, todo: SET_INVENTORY }];
}

function examineQuota(
  { provider, account, callsPerSecond, endpoints }: AccountConfig,
  contract: TypeContract,
): readonly Check[] {
  const place: Place = { provider, account };
  // An emulator on this machine has whatever quota it was given.
  if (Object.values(endpoints ?? {}).some(isLoopback)) return [];
  const shares = [
    { use: "read", share: callsPerSecond?.read, apis: tagLists(contract) },
    { use: "write", share: callsPerSecond?.write, apis: [contract.tag] },
  ];
  return shares.flatMap(({ use, share, apis }) =>
    apis.map(({ action, callsPerSecond: quota }): Check => {
      const ours = share ?? quota / 2;
      const says = `${action}: ${ours} of ${quota} calls a second`;
      if (ours <= quota) return { ...place, check: "quota", result: "ok", says };
      const todo = `lower callsPerSecond.${use}, unless the quota was raised for you`;
      return { ...place, check: "quota", result: "problem", says, todo };
    }),
  );
}

function examineClock({ provider, account }: AccountConfig, { skewMs }: DoctorDeps): Check {
  const place: Place = { provider, account };
  const skew = skewMs();
  if (skew === undefined) return { ...place, check: "clock", result: "unknown", says: "no answer told the time" };
  const seconds = Math.round(Math.abs(skew) / 1000);
  if (Math.abs(skew) <= MOST_SKEW_MS) {
    return { ...place, check: "clock", result: "ok", says: `differs by ${seconds} s from the cloud's` };
  }
  const says = `${seconds} s ${skew > 0 ? "behind" : "ahead of"} the cloud's`;
  return { ...place, check: "clock", result: "problem", says, todo: "set this machine's clock (NTP)" };
}

function examineWrites({ provider, account, mode }: AccountConfig): Check {
  const place: Place = { provider, account };
  if (mode === "report") return { ...place, check: "write", result: "ok", says: "not needed: mode is report" };
  return {
    ...place,
    check: "write",
    result: "unknown",
    says: "only a write would tell, and this command writes nothing",
    todo: "tag one resource: tagwarden tags set --config C --type T --account A --region R --id ID --tag k=v --apply",
  };
}

async function examineEvents({ provider: name, account }: AccountConfig, deps: DoctorDeps): Promise<Check> {
  const { provider, lastEvent, now } = deps;
  const place: Place = { provider: name, account };
  if (lastEvent === undefined) {
    const todo = "give --table NAME, the deployed service's table, to look at what arrived, and whether it writes";
    return { ...place, check: "events", result: "unknown", says: "not looked at", todo };
  }
  let at: number | undefined;
  try {
    at = await lastEvent(provider);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const todo = "correct what the message names, and look again: the other checks don't need it";
    return { ...place, check: "events", result: "problem", says: error.message, todo };
  }
  if (at !== undefined) {
    const hours = Math.floor((now() - at) / HOUR_MS);
    const when = hours < 1 ? "within the last hour" : `${hours} hours ago`;
    return { ...place, check: "events", result: "ok", says: `an event last told of a resource ${when}` };
  }
  const todo = "create a resource and look again; if nothing comes, check the rule or webhook of this account";
  return { ...place, check: "events", result: "problem", says: "no event of this account has arrived", todo };
}
