import type { Tags } from "../../lib/core/resource.ts";
import { writeKey, type EnforceContainer, type Invocation, type SeenReading } from "./invocation.ts";
import { isSilentAbout } from "./silent-index.ts";
import type { SentCall } from "./sent-call.ts";
import type { SimResource } from "./scenario.ts";
import { placeOf } from "../place.ts";
import type { Simulation } from "./simulation.ts";

/** A write rests on a read of at most this age. */
const OLDEST_READ_MS = 10_000;

/** Everything that can be said of a tag call when it is sent. */
export function checkWrite(call: SentCall, simulation: Simulation): void {
  const { request, invocation } = call;
  const { scenario, violate } = simulation;
  const { tag } = request.contract;
  const config = scenario.accounts.find(({ account }) => account === request.account);
  if (scenario.mode === "report" || config?.mode === "report") violate("brake", `${request.action} in report mode`);
  if (request.ids.length > tag.resourcesPerCall || request.tags.size > tag.tagsPerCall) {
    violate("limits", `${request.action} with ${request.ids.length} resources and ${request.tags.size} tags`);
  }
  const sent = invocation.sent.get(request.account) ?? new Set<string>();
  invocation.sent.set(request.account, sent);
  for (const id of request.ids) {
    const place = placeOf({ ...request, id });
    sent.add(place);
    const resource = simulation.byPlace.get(place);
    if (resource === undefined) violate("add-only", `${id} of ${request.region} was written, and nobody named it`);
    else checkResource(call, resource, simulation);
  }
  const granted = invocation.granted.get(request.account)?.count ?? 0;
  if (sent.size > granted) violate("write cap", `${sent.size} resources written with ${granted} granted`);
}

/** What may have been written stays counted. */
export function checkRelease(account: string, count: number, invocation: Invocation, { violate }: Simulation): void {
  const { granted, released, sent, writes } = invocation;
  const given = (released.get(account) ?? 0) + count;
  released.set(account, given);
  const left = (granted.get(account)?.count ?? 0) - given;
  const open = new Set(
    [...writes].flatMap(([name, { state, landed }]) => (landed || state !== "refused" ? [name.split("\n")[0]] : [])),
  );
  const maybe = [...(sent.get(account) ?? [])].filter((place) => open.has(place)).length;
  if (left < maybe)
    violate("write cap", `${count} writes of ${account} were given back, and ${maybe} may have been made`);
}

function checkResource(
  { request, invocation, container }: SentCall,
  resource: SimResource,
  simulation: Simulation,
): void {
  const { violate, scheduler } = simulation;
  const { place, ref } = resource;
  const reading = invocation.readings.get(place);
  if (reading === undefined) {
    if (isSilentAbout(":GetResources", ref.id))
      return violate("unseen", `${ref.id} was written, and no read could see it`);
    return violate("unknown", `${ref.id} was written without a complete read`);
  }
  const age = scheduler.now() - reading.begunAt;
  if (age > OLDEST_READ_MS + clockSlack(container, reading)) {
    violate("age of the read", `${ref.id} was written on a read of ${Math.round(age)} ms ago`);
  }
  reading.allowed ??= allowedOn(reading, resource, container, simulation);
  const names = new Set([...reading.tags.keys(), ...request.tags.keys()]);
  if (names.size > request.contract.tagsPerResource) {
    violate("limits", `${ref.id} would carry ${names.size} tags, as its read said`);
  }
  for (const [key, value] of request.tags) {
    checkTag(
      {
        key,
        value,
        shown: reading.tags.get(key),
        isAllowed: reading.allowed.some((allowed) => allowed.get(key) === value),
      },
      ref.id,
      simulation,
    );
    const before = invocation.writes.get(writeKey(place, key));
    if (before?.state === "lost" && reading.begunAt < before.lostAt) {
      violate("ambiguous", `${key} of ${ref.id} was written again without reading it back`);
    }
    if (before?.state === "answered" || before?.state === "sent") {
      violate(
        "once",
        `${key} of ${ref.id} was written again although the first call ${before.state === "sent" ? "is under way" : "succeeded"}`,
      );
    }
    const { landed, late } = before ?? { landed: false, late: false };
    invocation.writes.set(writeKey(place, key), { value, state: "sent", lostAt: Infinity, landed, late });
  }
}

interface SentTag {
  readonly key: string;
  readonly value: string;
  readonly shown: string | undefined;
  readonly isAllowed: boolean;
}

function checkTag({ key, value, shown, isAllowed }: SentTag, id: string, { violate, scenario }: Simulation): void {
  if (shown !== undefined && !scenario.policies.overwritable.has(key)) {
    violate("add-only", `${key} of ${id} was ${shown}, as the read showed, and ${value} was written`);
  } else if (!isAllowed) {
    violate(
      "add-only",
      `${key}=${value} was written to ${id}, which the policies don't ask for on what the read showed`,
    );
  }
}

/** What the policies would write on what this read showed. */
function allowedOn(
  { tags }: SeenReading,
  { created, requestTags }: SimResource,
  { clock }: EnforceContainer,
  { scenario }: Simulation,
): Tags[] {
  const { policies } = scenario.policies;
  const createdAt = Date.parse(created.event?.createdAt ?? "");
  const isSettled = clock.now() >= createdAt + scenario.settleSeconds * 1_000;
  const writes = (present: Tags): Tags => {
    const resource = { ...created, tags: present };
    const decisions = policies.decide(resource, policies.evaluate(resource, clock.now()), clock.now());
    return new Map(decisions.flatMap((one) => (one.action === "write" ? [[one.key, one.value]] : [])));
  };
  if (requestTags.size === 0) return [writes(tags)];
  const unsettled = writes(new Map([...requestTags, ...tags]));
  // The settle time may have ended between the evaluation and the call, but not the other way round.
  return isSettled ? [unsettled, writes(tags)] : [unsettled];
}

/** How much older a read may be than it seems to a clock that jumped back by little. */
function clockSlack({ jumps }: EnforceContainer, { begunAt }: SeenReading): number {
  return jumps.reduce(
    (sum, { at, ms }) => (at >= begunAt - 60_000 && Math.abs(ms) < 60_000 ? sum + Math.abs(ms) : sum),
    0,
  );
}
