import type { ResourceOutcome } from "../../lib/core/outcome.ts";
import { resourceKey } from "../../lib/core/resource.ts";
import type { StoreRecord } from "../../lib/app/ports/store-records.ts";
import { checkTruth } from "./check-truth.ts";
import { isDone, type EnforceContainer, type Invocation } from "./invocation.ts";
import type { Received } from "../queue.ts";
import { partOf, type Scenario, type SimBody, type SimResource } from "./scenario.ts";
import { placeOf } from "../place.ts";
import type { Simulation } from "./simulation.ts";
import { recordIn, type EnforceStores } from "./stores.ts";

/** Whether a message tells of what nobody may tell of. */
export function isForeign({ resources }: Extract<SimBody, { kind: "created" }>): boolean {
  return resources.some(({ isStranger }) => isStranger);
}

/** What went into an invocation, by `resourceKey`. */
export function enteredWith(
  batch: readonly Received<number>[],
  { bodies }: Pick<Scenario, "bodies">,
): Map<string, SimResource> {
  const entered = new Map<string, SimResource>();
  for (const message of batch) {
    const body = bodies[message.body];
    if (body?.kind !== "created" || isForeign(body)) continue;
    for (const resource of partOf(body.resources, message.copy?.part)) entered.set(resourceKey(resource.ref), resource);
  }
  return entered;
}

/** Each resource that entered left with exactly one outcome, and the outcome is true. */
export function checkOutcomes(
  outcomes: readonly ResourceOutcome[],
  entered: ReadonlyMap<string, SimResource>,
  { invocation, container }: { readonly invocation: Invocation; readonly container: EnforceContainer },
  simulation: Simulation,
): void {
  const { violate, counts, trace } = simulation;
  if (outcomes.length !== entered.size) violate("one outcome each", `${entered.size} entered, ${outcomes.length} left`);
  for (const outcome of outcomes) {
    const resource = entered.get(resourceKey(outcome));
    const place = placeOf(outcome);
    trace?.note(container.name, "concludes", outcome.id, `${outcome.outcome} ${outcome.code ?? ""}`);
    if (resource === undefined) violate("one outcome each", `${outcome.id} left and hadn't entered`);
    else if (invocation.outcomes.has(place)) violate("one outcome each", `${outcome.id} left twice`);
    else checkTruth(outcome, { resource, invocation, container, simulation });
    invocation.outcomes.set(place, outcome);
    counts.outcomes += 1;
  }
}

interface Ended {
  readonly invocation: Invocation;
  /** What its process holds, which neither a store nor the queue has. */
  readonly unplaced: ReadonlySet<StoreRecord>;
  readonly stores: EnforceStores;
}

/**
 * A message is acknowledged only when all of its resources have a final outcome, its record is in its store, or a copy of
 * it is on the queue.
 */
export function checkActions(failed: ReadonlySet<string>, ended: Ended, simulation: Simulation): void {
  const { invocation, unplaced } = ended;
  const { violate, trace } = simulation;
  if (!invocation.failed) checkJournal(invocation, simulation);
  for (const message of invocation.batch) {
    const { messageId } = message;
    const isAcknowledged = !failed.has(messageId);
    trace?.note("function", isAcknowledged ? "acknowledges" : "hands back", messageId, "");
    const isGone = isAcknowledged && !invocation.copied.has(messageId);
    // Without settings nothing is read, and all of it comes back.
    if (isGone && !invocation.isReady) {
      violate("acknowledged", `${messageId} was acknowledged by a process without settings`);
    }
    const isRecord = recordIn(ended.stores, message.body) !== undefined;
    const isCreated = simulation.scenario.bodies[message.body]?.kind === "created";
    if (isGone && isCreated && unplaced.size > 0) {
      violate("journal", `${messageId} was acknowledged while something is neither in its store nor on the queue`);
    }
    if (isRecord) checkRecord(message, isGone, ended, violate);
    else checkBody(message, isAcknowledged, invocation, simulation);
  }
}

function checkRecord(
  { messageId, body }: Received<number>,
  isGone: boolean,
  { stores }: Ended,
  violate: Simulation["violate"],
): void {
  const record = recordIn(stores, body);
  if (record === undefined || !isGone || stores.stored.has(record)) return;
  violate("acknowledged", `${messageId} was acknowledged, and its ${record.kind} is in no store`);
}

function checkBody(
  message: Received<number>,
  isAcknowledged: boolean,
  invocation: Invocation,
  { violate, scenario }: Simulation,
): void {
  const { messageId } = message;
  const { copied, copyFailed, isReady } = invocation;
  const body = scenario.bodies[message.body];
  const how = isAcknowledged ? "acknowledged" : "handed back";
  if (body?.kind === "created" && isForeign(body)) {
    if (!(isAcknowledged ? copied.has(messageId) : copyFailed)) violate("foreign", `${messageId} was ${how}`);
  } else if (body?.kind === "created") {
    checkCreated(message, body.resources, { invocation, isAcknowledged }, violate);
  } else if (isAcknowledged || !copyFailed) {
    const isRight = (body?.kind === "not-a-creation" && isReady) || copied.has(messageId);
    if (isAcknowledged !== isRight) violate("acknowledged", `${messageId}, ${body?.kind}, was ${how}`);
  }
}

/** What an invocation wrote, and nobody has changed since, can be undone. */
function checkJournal({ writes, journal }: Invocation, { violate, byPlace, clouds }: Simulation): void {
  for (const [name, { landed, late, state, value }] of writes) {
    // Of a call that takes effect after it was given up, and that a read did not show, nobody can know.
    if (!landed || late || state === "sent" || journal.has(name)) continue;
    const [place = "", key = ""] = name.split("\n");
    const resource = byPlace.get(place);
    if (resource === undefined || clouds.tagsOf(resource)?.get(key) !== value) continue;
    violate("journal", `${key} of ${resource.ref.id} was written, and the journal doesn't say so`);
  }
}

function checkCreated(
  message: Received<number>,
  resources: readonly SimResource[],
  { invocation, isAcknowledged }: { readonly invocation: Invocation; readonly isAcknowledged: boolean },
  violate: Simulation["violate"],
): void {
  const { messageId } = message;
  const isOpen = ({ place }: SimResource) => !isDone(invocation.outcomes.get(place)?.outcome);
  const open = partOf(resources, message.copy?.part).filter(isOpen);
  const copied = new Set((invocation.copied.get(messageId) ?? []).flatMap((part) => partOf(resources, part)));
  const lost = open.filter((one) => !copied.has(one));
  if (isAcknowledged && lost.length > 0) {
    const [{ place, ref } = { place: "", ref: { id: "" } }] = lost;
    violate(
      "acknowledged",
      `${messageId} was acknowledged, and ${ref.id} is ${invocation.outcomes.get(place)?.outcome}`,
    );
  }
  if (isAcknowledged || (invocation.failed && open.length === 0)) return;
  if (open.length === 0) violate("acknowledged", `${messageId} was handed back, and all of it is final`);
  else checkReceiveCount(message, open, invocation, violate);
}

/** Whatever comes back never brings its message nearer to the dead-letter queue. */
function checkReceiveCount(
  { messageId }: Received<number>,
  open: readonly SimResource[],
  { outcomes, copyFailed }: Invocation,
  violate: Simulation["violate"],
): void {
  if (copyFailed) return;
  const place = open[0]?.place ?? "";
  violate("receive count", `${messageId} spent a receive: ${open[0]?.ref.id} ${outcomes.get(place)?.code}`);
}
