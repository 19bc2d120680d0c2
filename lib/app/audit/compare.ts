import { InputError } from "../../core/errors.ts";
import type { BrokenPolicy, Evaluation } from "../../core/evaluation.ts";
import type { FindingFacts } from "../../core/report/finding.ts";
import { brokenNow, endOf, type Asking, type BrokenNow } from "../../core/report/broken-since.ts";
import { graceLasts, type KnownFinding } from "../../core/report/known-finding.ts";
import type { FindingCounts } from "../../core/report/summary.ts";
import type { Resource, ResourceType } from "../../core/resource.ts";
import type { ObjectStore } from "../ports/objects.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { knownIn } from "./known-findings.ts";
import type { PartWriter } from "./parts.ts";
import { repairLine } from "./repairs.ts";
import { asksFor, isIn } from "./shard-regions.ts";
import type { ListedType } from "./shard-regions.ts";
import { typeAt } from "./work.ts";
import type { AuditPolicies, ShardWork } from "./work.ts";

interface TrackDeps {
  readonly work: ShardWork;
  readonly parts: PartWriter;
  readonly policies: AuditPolicies;
}

/** Compares the findings of one type with those that an earlier run left, window by window in the order of names. */
export interface Tracker {
  /** What follows is about these resources, sorted by name, which is their id here. */
  enter(window: readonly { readonly id: string }[]): Promise<void>;
  /** One of them is a finding: since when, and what of it is new; without `state` where nobody asked before. */
  found(
    name: string,
    resource: Resource,
    evaluation: Evaluation,
  ): Pick<FindingFacts, "firstSeen" | "state" | "newlyBroken">;
  /** One of them was evaluated and is no finding. */
  fine(name: string, resource: Resource, evaluation: Evaluation): void;
  /** Those of the window for which neither was called are gone. */
  leave(): void;
  /** After the last window. */
  end(): Promise<void>;
}

export async function trackFindings(
  start: Checkpoint,
  type: ResourceType,
  { work, parts, policies }: TrackDeps,
): Promise<Tracker> {
  const { message, counts } = work;
  const { shard, startedAt, at } = message;
  const earlierParts = await work.earlier(type);
  const join = joinWith({
    parts: earlierParts?.parts,
    objects: work.objects,
    after: start.after,
    onDamage: (reason) => counts.note(`Earlier findings of ${type} in ${shard.id} are not compared: ${reason}`),
  });
  // Where a listing kept showing too few resources, one that it doesn't show may well be there.
  const isWhole = !start.summary.gaps.some((gap) => gap.type === type);
  let before = new Map<string, KnownFinding>();
  let known: KnownFinding[] = [];
  // Most findings of a run were found first by one of a few runs.
  let dated = { at: startedAt, text: new Date(startedAt).toISOString() };

  const { contract } = typeAt(start, work);
  const listed: ListedType = { shard, type, contract, provider: work.provider };
  const [isAskedFor, isHere] = [asksFor(listed), isIn(listed)];
  const typeOf = (name: string): ResourceType => contract.naming?.read(name)?.type ?? type;
  const isCompared = ({ region }: Resource): boolean =>
    join.compares && (earlierParts?.ofGlobal !== true || region === "global");

  const asking: Asking = {
    requirementsOf: (policy) => policies.requirementsOf?.(policy),
    before: policies.requirementsOf === undefined ? undefined : earlierParts?.asked,
  };
  /** What breaks the same is broken first by this run again and again. */
  const firstBroken = new WeakMap<Evaluation["broken"], BrokenNow>();
  const firstFound = (evaluation: Evaluation): BrokenNow => {
    if (evaluation.compliance === "unknown") return brokenNow(evaluation, undefined, asking, startedAt);
    let now = firstBroken.get(evaluation.broken);
    if (now === undefined) {
      firstBroken.set(evaluation.broken, (now = brokenNow(evaluation, undefined, asking, startedAt)));
    }
    return now;
  };
  /** Whether the earlier run would have found nothing here, whatever the tags: its policies didn't ask. */
  const isFirstAsked = ({ broken }: Evaluation, { news }: BrokenNow): boolean =>
    asking.before !== undefined && broken.length > 0 && news.length === 0;
  /** Whether the grace of all that it breaks lasts, each counted from when that was found broken first. */
  const isInGrace = (evaluation: Evaluation, now: BrokenNow): boolean => {
    const graceOf = (one: BrokenPolicy): number =>
      policies.consequencesOf?.({ ...evaluation, broken: [one] })?.graceDays ?? 0;
    if (evaluation.broken.length === 0) return false;
    return evaluation.broken.every((one) => {
      const days = graceOf(one);
      return one.keys.every((key) => graceLasts(now.since(one.policy, key), startedAt, days));
    });
  };
  const stateOf = (evaluation: Evaluation, earlier: KnownFinding | undefined, now: BrokenNow) => {
    if (earlier === undefined) return isFirstAsked(evaluation, now) ? "added" : "new";
    return isInGrace(evaluation, now) ? "new" : "open";
  };
  /** What an earlier run knew of a finding that is the same one now. One of which all is mended is fixed, whatever is broken now. */
  const sameAs = (earlier: KnownFinding | undefined, now: BrokenNow): KnownFinding | undefined => {
    if (earlier === undefined || now.isKnown) return earlier;
    fixed(earlier);
    return undefined;
  };
  /** What of a finding is news. Of one that this run found first, that is all, unless policies ask some of it first today. */
  const newsOf = (
    { broken }: Evaluation,
    state: "new" | "open" | "added",
    { isOld, news }: { readonly isOld: boolean; readonly news: BrokenNow["news"] },
  ): Pick<FindingFacts, "newlyBroken"> => {
    const isAll = !isOld && (asking.before === undefined || keysIn(news) === keysIn(broken));
    return state === "added" || news.length === 0 || isAll ? {} : { newlyBroken: news };
  };
  const count = (change: keyof FindingCounts): void => {
    if (join.compares) counts.countChange(change);
  };
  const fixed = (finding: KnownFinding): void => {
    count("fixed");
    if (finding.repair) count("repaired");
  };
  /** What was no finding the last time has been told apart already. */
  const gone = ({ absence }: KnownFinding): void => {
    if (absence === undefined) count("gone");
  };
  const notShown = (finding: KnownFinding): void => {
    // A listing of all types leaves out what another shard audits now, or this one by itself, and what nobody asks for any more.
    if (type.includes("*") && (!isHere(finding.id) || shard.types.includes(typeOf(finding.id)))) return;
    const isLeftOut = type.includes("*") && !isAskedFor(typeOf(finding.id));
    if (isWhole && !isLeftOut) gone(finding);
    else known.push({ ...finding, repair: false });
  };
  const flush = (): void => {
    known.sort((a, b) => (a.id < b.id ? -1 : 1));
    for (const finding of known) parts.writeKnown(finding);
    known = [];
  };

  return {
    async enter(window) {
      let ids: ReadonlySet<string> | undefined;
      for await (const findings of join.through(window.at(-1)?.id)) {
        ids ??= new Set(window.map(({ id }) => id));
        for (const finding of findings) {
          if (ids.has(finding.id)) before.set(finding.id, finding);
          else notShown(finding);
        }
      }
    },
    found(name, resource, evaluation) {
      const left = before.get(name);
      before.delete(name);
      const now = left === undefined ? firstFound(evaluation) : brokenNow(evaluation, left, asking, startedAt);
      const earlier = sameAs(left, now);
      const firstSeen = earlier?.firstSeen ?? startedAt;
      const state = stateOf(evaluation, earlier, now);
      const compared = isCompared(resource);
      if (compared) counts.countChange(state);
      if (state === "new" && earlier !== undefined) count("inGrace");
      if (earlier !== undefined && now.news.length > 0) count("newlyBroken");
      const repair = policies.repairable?.(resource, evaluation, at) === true && work.repair();
      if (repair) parts.write("repairs", repairLine(resource));
      known.push({ id: name, firstSeen, repair, broken: now.broken });
      if (firstSeen !== dated.at) dated = { at: firstSeen, text: new Date(firstSeen).toISOString() };
      if (!compared || state === "added") return { firstSeen: dated.text };
      const news = newsOf(evaluation, state, { isOld: earlier !== undefined, news: now.news });
      return { firstSeen: dated.text, state, ...news };
    },
    fine(name, resource, evaluation) {
      const earlier = before.get(name);
      if (earlier === undefined) return;
      before.delete(name);
      const { end, ...left } = endOf(earlier, evaluation, asking);
      if (end === "fixed") {
        fixed(earlier);
        return;
      }
      if (earlier.absence === undefined) count(end);
      // It stays known, so that it is the same finding should somebody judge it again, and fixed only by being mended.
      const absence = end === "exempted" ? { kind: end, until: policies.exemptUntil?.(resource, at) } : { kind: end };
      const { type: ownType, region, id } = resource;
      const named = id === name ? {} : { named: { type: ownType, region, id } };
      known.push({ ...earlier, ...left, repair: false, absence, ...named });
    },
    leave() {
      for (const finding of before.values()) gone(finding);
      before = new Map();
      flush();
    },
    async end() {
      for await (const findings of join.through()) for (const finding of findings) notShown(finding);
      flush();
      if (join.compares) counts.countChange("compared");
      if (!join.compares || earlierParts?.ofGlobal === true) counts.countChange("alone");
    },
  };
}

function keysIn(broken: readonly BrokenPolicy[]): number {
  return broken.reduce((sum, { keys }) => sum + keys.length, 0);
}

/** The findings that an earlier run left of one listing, taken in the order of ids beside what is listed now. */
interface Join {
  /** Whether there is anything to compare with. */
  readonly compares: boolean;
  /** The earlier findings up to this id, or all that are left; each comes once. Ids must ascend from call to call. */
  through(id?: string): AsyncIterable<readonly KnownFinding[]>;
}

interface Earlier {
  /** Names of the parts; undefined = no earlier run has left any of this listing. */
  readonly parts: readonly string[] | undefined;
  readonly objects: ObjectStore;
  /** Those up to this id were taken before. */
  readonly after?: string | undefined;
  /** Told where a part is gone or damaged: from there on nothing earlier is known. */
  readonly onDamage: (reason: string) => void;
}

function joinWith({ parts, objects, after, onDamage }: Earlier): Join {
  const blocks = knownIn(parts ?? [], objects, after);
  let waiting: readonly KnownFinding[] = [];
  let compares = parts !== undefined;

  const nextBlock = async (): Promise<boolean> => {
    try {
      const next = await blocks.next();
      if (next.done !== true) waiting = next.value;
      return next.done !== true;
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      compares = false;
      onDamage(error.message);
      return false;
    }
  };
  return {
    get compares() {
      return compares;
    },
    async *through(id) {
      do {
        const end = id === undefined ? -1 : waiting.findIndex((finding) => finding.id > id);
        const taken = end < 0 ? waiting : waiting.slice(0, end);
        waiting = end < 0 ? [] : waiting.slice(end);
        if (taken.length > 0) yield taken;
        if (end >= 0) return;
      } while (await nextBlock());
    },
  };
}
