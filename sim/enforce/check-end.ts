import { isFinal, type Invocation } from "./invocation.ts";
import type { StoreRecord } from "../../lib/app/ports/store-records.ts";
import type { Queue } from "../queue.ts";
import { partOf, type SimResource } from "./scenario.ts";
import { placeOf } from "../place.ts";
import type { Simulation } from "./simulation.ts";
import { journalKeys, recordIn, type EnforceStores } from "./stores.ts";

/** When all is quiet, what should carry its tags carries them, and no cap was exceeded. */
export function checkEnd(
  invocations: readonly Invocation[],
  { queue, stores }: { readonly queue: Queue<number>; readonly stores: EnforceStores },
  simulation: Simulation,
): void {
  const [dead, withReason] = [new Set<string>(), new Set<string>()];
  for (const { body, copy, reason } of queue.deadLetters) {
    const content = simulation.scenario.bodies[body];
    if (content?.kind !== "created") continue;
    for (const { place } of partOf(content.resources, copy?.part)) {
      dead.add(place);
      if (reason !== undefined && OF_STRANGERS.test(reason)) withReason.add(place);
    }
  }
  const deadRecords = new Set(queue.deadLetters.flatMap(({ body }) => recordIn(stores, body) ?? []));
  const alerted = new Set([...deadRecords, ...stores.stored].flatMap(strangersIn));
  const told = { dead, withReason, alerted };
  const histories = new Map<string, Invocation[]>();
  for (const invocation of invocations) {
    for (const [place, { outcome }] of invocation.outcomes) {
      if (!isFinal(outcome)) continue;
      const history = histories.get(place);
      if (history === undefined) histories.set(place, [invocation]);
      else history.push(invocation);
    }
  }
  for (const resource of simulation.scenario.resources) {
    if (resource.isStranger) checkStranger(resource, told, simulation);
    else if (!dead.has(resource.place)) checkResource(resource, histories.get(resource.place) ?? [], simulation);
  }
  checkWriteCaps(invocations, simulation);
  checkJournals(invocations, { stores, deadRecords }, simulation);
}

/** How the reasons read of whoever may not speak for an account. */
const OF_STRANGERS = /may tell of|doesn't name account|has no ingest|as its envelope says/;

/** What people know of, by place. */
interface Told {
  readonly dead: ReadonlySet<string>;
  /** Those of the dead that were given up as a stranger's word, and not by the queue or unread while a store was down. */
  readonly withReason: ReadonlySet<string>;
  /** Those that an alert, or a dead letter with an alert in it, tells of as foreign. */
  readonly alerted: ReadonlySet<string>;
}

/** Its message is a dead letter, and somebody was told. */
function checkStranger(
  { ref, place }: SimResource,
  { dead, withReason, alerted }: Told,
  { violate }: Simulation,
): void {
  if (!dead.has(place)) violate("foreign", `the message about ${ref.id} is no dead letter`);
  else if (withReason.has(place) && !alerted.has(place))
    violate("foreign", `nobody was told of the message about ${ref.id}`);
}

interface Kept {
  readonly stores: EnforceStores;
  /** A record that is a dead letter still holds what has to be kept. */
  readonly deadRecords: ReadonlySet<StoreRecord>;
}

/**
 * What was written is in the journal in the end, unless whoever wrote it was killed before it could say so, or held it
 * and was never called again, before a store or the queue was back: a process that is frozen for good is as good as killed.
 */
function checkJournals(
  invocations: readonly Invocation[],
  { stores, deadRecords }: Kept,
  { violate }: Simulation,
): void {
  const inLetters = new Set([...deadRecords].flatMap(journalKeys));
  for (const { killed, writes, number, kept } of invocations) {
    if (killed) continue;
    for (const [name, { landed, late, state }] of writes) {
      if (!landed || late || state === "sent" || stores.journal.has(name) || inLetters.has(name)) continue;
      const record = kept.find((one) => journalKeys(one).includes(name));
      const isHeld = record !== undefined && !stores.stored.has(record) && !stores.postponed.includes(record);
      if (isHeld) continue;
      violate("journal", `invocation ${number} wrote ${name.replace("\n", " ")}, and in the end no journal says so`);
    }
  }
}

function strangersIn(record: StoreRecord): string[] {
  if (record.kind !== "alert") return [];
  return record.message.alerts.flatMap(({ kind, resources }) => (kind === "foreign" ? resources.map(placeOf) : []));
}

function checkResource(resource: SimResource, history: readonly Invocation[], simulation: Simulation): void {
  const { scenario, clouds, violate, scheduler } = simulation;
  const { place, ref } = resource;
  if (history.length === 0) return violate("nothing is lost", `${ref.id} never came to a final outcome`);
  const tags = clouds.tagsOf(resource);
  const config = scenario.accounts.find(({ account }) => account === ref.account);
  if (tags === undefined || scenario.mode === "report" || config?.mode === "report") return;
  const present = { ...resource.created, tags };
  const { policies } = scenario.policies;
  const evaluation = policies.evaluate(present, scheduler.now());
  for (const decision of policies.decide(present, evaluation, scheduler.now())) {
    if (decision.action !== "write") continue;
    const { key } = decision;
    const isExcused = history.some((invocation) => excuses(invocation, place, key));
    const readAt = Math.max(...history.map(({ firstAsOf }) => firstAsOf.get(place) ?? -Infinity));
    // What an index hadn't shown by then could not be known.
    const changedAt = Math.max(clouds.lastPersonAt(resource), resource.createdAt + resource.visibleAfterMs);
    const countedAsPresent = resource.requestTags.has(key);
    if (isExcused || countedAsPresent || changedAt >= readAt) continue;
    violate("nothing is lost", `${ref.id} lacks ${key} at the end`);
  }
}

/** Whether an invocation said, truly, that this tag can't be written. */
function excuses({ outcomes }: Invocation, place: string, key: string): boolean {
  const outcome = outcomes.get(place);
  // What is gone for one tag is gone.
  if (outcome?.tags.some((tag) => tag.outcome === "gone") === true) return true;
  const own = outcome?.tags.find((tag) => tag.key === key)?.outcome ?? outcome?.outcome;
  return own === "rejected" || own === "gone" || own === "not-applicable";
}

/** Over all invocations, crashed ones too, what was written in an hour stays within what the account allows. */
function checkWriteCaps(invocations: readonly Invocation[], { scenario, violate }: Simulation): void {
  for (const { account, writesPerHour } of scenario.accounts) {
    const byHour = new Map<number, number>();
    for (const { granted, writes, sent } of invocations) {
      const all = granted.get(account);
      if (all === undefined) continue;
      const landed = [...(sent.get(account) ?? [])].filter((place) =>
        writes.entries().some(([name, write]) => write.landed && name.startsWith(`${place}\n`)),
      );
      // Which of two hours' grants a write used up nobody says: what the other's can't account for is this one's.
      for (const [hour, count] of all.byHour) {
        const least = Math.max(0, landed.length - (all.count - count));
        byHour.set(hour, (byHour.get(hour) ?? 0) + least);
      }
    }
    for (const count of byHour.values()) {
      if (count > writesPerHour)
        violate("write cap", `account ${account} had ${count} writes in an hour, its cap is ${writesPerHour}`);
    }
  }
}
