import { readerOf } from "../../lib/core/contract.ts";
import { isUnsupportedCode, refusesReads } from "../answers.ts";
import { ProviderError } from "../../lib/core/errors.ts";
import type { CloudError } from "../../local/emulator/cloud-error.ts";
import { valueOf, type TagPairs } from "../../local/emulator/tag-pairs.ts";
import { checkRate } from "../check-rate.ts";
import { checkWrite } from "./check-write.ts";
import { noteDenial } from "./denied-regions.ts";
import { remainingMs } from "../container.ts";
import { CALL_TIMEOUT_MS, FUNCTION_TIMEOUT_MS, RECORD_MS, writeKey, type SeenListing } from "./invocation.ts";
import type { SentCall } from "./sent-call.ts";
import { meddle } from "../people.ts";
import { CALM, type SimResource } from "./scenario.ts";
import { GENERIC, UNSUPPORTED } from "../generic-types.ts";
import { placeOf } from "../place.ts";
import type { SimAnswer } from "./sim-request.ts";
import { isSilentAbout } from "./silent-index.ts";
import type { Simulation } from "./simulation.ts";
import { few } from "../trace.ts";

/** Looks at every call when it is sent, when it takes effect and when its answer arrives. */
export interface CallChecks {
  sent(call: SentCall): void;
  served(call: SentCall, lagMs: number): void;
  landed(call: SentCall, effect: Effect): void;
  refused(call: SentCall, error: Pick<CloudError, "code" | "message">): void;
  answered(call: SentCall, result: SimAnswer | ProviderError): void;
}

/** The tags of some resources before a write, and what the call names those by that it did nothing to. */
interface Effect {
  readonly resources: readonly SimResource[];
  readonly before: readonly (TagPairs | undefined)[];
  readonly untouched: ReadonlySet<string>;
}

/** No call starts with less left than this. */
const RESERVE_MS = 2_000;
/** Refusals that nobody can know before the call. All others are limits that were broken. */
const UNFORESEEABLE =
  /NotFound|NoSuchEntity|PAP5\.0004|APIG\.3030|QuotaExceed|PAP5\.0005|APIC\.7402|PAP5\.0038|SystemTag|PAP5\.0036|PAP5\.0999|PAP5\.0998|Unheard|Unreadable/;

export function scopeOf({ request }: SentCall): string {
  return `${request.type.split(":")[0]}/${request.account}/${request.region}`;
}

export function createCallChecks(simulation: Simulation): CallChecks {
  const { scheduler, clouds, trace, counts, byPlace, dice } = simulation;

  function beginListing({ request, container }: SentCall): void {
    if (request.token !== undefined) return;
    const listing: SeenListing = {
      begunAt: scheduler.now(),
      begunClock: container.clock.now(),
      asOf: new Map(),
      tags: new Map(request.ids.map((id) => [id, new Map()])),
      shown: new Set(),
    };
    begun.set(request, listing);
  }
  const begun = new WeakMap<SentCall["request"], SeenListing>();
  const listingOf = ({ request, invocation }: SentCall) =>
    request.token === undefined ? begun.get(request) : invocation.listings.get(request.token);

  function takeIn(call: SentCall, { rows, nextToken }: SimAnswer): void {
    const { request, invocation } = call;
    const listing = listingOf(call);
    if (listing === undefined) return;
    for (const { id, tags } of rows) {
      listing.shown.add(id);
      const known = listing.tags.get(id);
      for (const [key, value] of tags) known?.set(key, value);
    }
    if (nextToken !== undefined) {
      if (nextToken !== request.token) invocation.listings.set(nextToken, listing);
      return;
    }
    noteReadings(call, listing);
  }

  function noteReadings(
    { request, invocation }: SentCall,
    { begunAt, begunClock, asOf: freshness, tags: all, shown }: SeenListing,
  ): void {
    const leftMs = remainingMs(invocation, scheduler.now(), FUNCTION_TIMEOUT_MS);
    // A row of an id that nobody asked for may be that of one that no row is of, or, where a row is a tag, of any.
    const isOdd = shown.values().some((id) => !all.has(id));
    const isWhole = readerOf({ ...request, id: request.ids[0] ?? "" }, request.contract).list.rows === "resource";
    for (const [id, tags] of all) {
      const place = placeOf({ ...request, id });
      const isUntold = isOdd && !(isWhole && shown.has(id));
      if (isUntold) invocation.untold.add(place);
      else invocation.untold.delete(place);
      // That the index has no row of it says nothing.
      if (isUntold || isSilentAbout(request.action, id)) continue;
      const asOf = freshness.get(id) ?? -Infinity;
      invocation.firstAsOf.set(place, Math.min(asOf, invocation.firstAsOf.get(place) ?? Infinity));
      for (const [key, value] of tags) {
        const name = writeKey(place, key);
        if (invocation.writes.get(name)?.value === value) invocation.confirmed.add(name);
      }
      invocation.mostShown.set(place, Math.max(tags.size, invocation.mostShown.get(place) ?? 0));
      invocation.readings.set(place, { leftMs, begunAt, begunClock, asOf, tags, allowed: undefined });
    }
  }

  function checkDeadline({ request, invocation }: SentCall): void {
    const left = remainingMs(invocation, scheduler.now(), FUNCTION_TIMEOUT_MS) - CALL_TIMEOUT_MS - RECORD_MS;
    if (left < RESERVE_MS - 1) {
      simulation.violate("deadline", `${request.action} was started with ${Math.round(left)} ms left`);
    }
  }

  function conclude(
    { request, invocation }: SentCall,
    state: "answered" | "refused" | "lost",
    ids: Iterable<string>,
  ): void {
    for (const id of ids) {
      for (const key of request.tags.keys()) {
        const write = invocation.writes.get(writeKey(placeOf({ ...request, id }), key));
        if (write === undefined) continue;
        write.state = state;
        if (state === "lost") write.lostAt = scheduler.now();
      }
    }
  }

  return {
    sent(call) {
      const { request, invocation, container } = call;
      counts.calls += 1;
      const types = new Set(request.ids.map((id) => byPlace.get(placeOf({ ...request, id }))?.ref.type));
      if (request.type === GENERIC && types.size > 1) counts.mixed += 1;
      trace?.note(container.name, `${request.kind}s ${request.type.split(":")[1]}`, few(request.ids), described(call));
      for (const id of request.ids) {
        const resource = byPlace.get(placeOf({ ...request, id }));
        if (resource?.isStranger === true)
          simulation.violate("foreign", `${request.action} is about ${id}, of which nobody may speak`);
        if (resource?.isLeftOut === true)
          simulation.violate("left out", `${request.action} is about ${id}, whose type the account leaves out`);
      }
      if (invocation.over)
        simulation.violate("deadline", `${request.action} was started after the invocation had ended`);
      checkDeadline(call);
      checkRate(budgetOf(call, simulation), container, simulation);
      if (request.kind === "read") return beginListing(call);
      counts.writes += 1;
      checkWrite(call, simulation);
    },
    served(call, lagMs) {
      const listing = listingOf(call);
      for (const id of call.request.ids) {
        const place = placeOf({ ...call.request, id });
        const resource = byPlace.get(place);
        const asOf = isVisible(place) ? scheduler.now() - lagMs : -Infinity;
        listing?.asOf.set(id, Math.min(listing.asOf.get(id) ?? Infinity, asOf));
        // Some people come when we have looked and not yet written.
        if (resource !== undefined && dice.chance(simulation.scenario.people.meddling))
          meddle(simulation, resource, CALM);
      }
    },
    landed(call, { resources, before, untouched }) {
      const { request, invocation } = call;
      const unchanged = new Set(Array.from(untouched, (id) => placeOf({ ...request, id })));
      for (const [index, resource] of resources.entries()) {
        const { place } = resource;
        const pairs = before[index];
        if (unchanged.has(place) || pairs === undefined) continue;
        for (const [key, value] of request.tags) {
          const write = invocation.writes.get(writeKey(place, key));
          if (write !== undefined) {
            write.late = write.state !== "sent";
            write.landed = true;
          }
          const old = valueOf(pairs, key);
          if (old !== undefined && old !== value) countRaced(call, resource, key, `${key}: ${old} → ${value}`);
        }
        clouds.noteWrite(resource, request.tags);
      }
      trace?.note("cloud", "writes", few(request.ids.filter((id) => !untouched.has(id))), `fails ${few(untouched)}`);
    },
    refused({ request, invocation }, { code, message }) {
      const places = request.ids.map((id) => placeOf({ ...request, id }));
      if (refusesReads(code)) {
        for (const place of places.filter((one) => isOffender(byPlace.get(one)))) invocation.unreadable.add(place);
      }
      // Said of all of them, it is true of those that nobody can see: of the others it proves nothing. Where a cloud tells
      // of each, nothing that it says of all is about what isn't there.
      for (const place of places.filter((one) => !isVisible(one))) {
        if (request.type !== GENERIC) invocation.notFound.add(place);
        const resource = byPlace.get(place);
        // While it is searched for, some of what isn't visible yet appears.
        if (resource !== undefined && dice.chance(0.3)) {
          scheduler.after(dice.between(0, 1_000), () => clouds.appear(resource));
        }
      }
      trace?.note("cloud", "refuses", few(request.ids), code);
      if (isUnsupportedCode(code) && request.ids.length > 1) counts.unsupported += 1;
      const isForeseeable = isUnsupportedCode(code)
        ? !places.some((one) => byPlace.get(one)?.ref.type === UNSUPPORTED)
        : !UNFORESEEABLE.test(code);
      if (isForeseeable) simulation.violate("limits", `${request.action} was refused: ${code} ${message}`);
    },
    answered(call, result) {
      const { request, invocation, container } = call;
      if (result instanceof ProviderError) {
        trace?.note(
          container.name,
          "is answered",
          few(request.ids),
          `${result.code} (${result.kind}${result.ambiguous ? ", lost" : ""})`,
        );
        invocation.errors.push({ scope: scopeOf(call), error: result });
        if (isRemembered(result)) container.hasBeenRefused = true;
        if (result.kind === "access") noteDenial(call);
        if (request.kind === "write") conclude(call, result.ambiguous ? "lost" : "refused", request.ids);
        return;
      }
      trace?.note(container.name, "is answered", few(request.ids), "ok");
      if (request.kind === "read") return takeIn(call, result);
      const failed = Object.entries(result.failures);
      if (failed.length > 0 && failed.length < request.ids.length) counts.partial += 1;
      for (const [id, { ambiguous }] of failed) {
        conclude(call, ambiguous ? "lost" : "refused", [id]);
      }
      conclude(
        call,
        "answered",
        request.ids.filter((id) => result.failures[id] === undefined),
      );
      noteFailures(call, result.failures);
    },
  };

  function isVisible(place: string): boolean {
    const resource = byPlace.get(place);
    return resource !== undefined && clouds.visible(resource) !== undefined;
  }

  /** A write may replace only what the read that it rests on could not show. */
  function countRaced(call: SentCall, resource: SimResource, key: string, change: string): void {
    const { invocation } = call;
    const reading = invocation.readings.get(resource.place);
    const touch = clouds.touchOf(resource, key);
    if (reading === undefined || touch === undefined || reading.tags.get(key) !== undefined) return;
    if (touch.by !== "person") {
      if (touch.at > reading.begunAt || touch.at >= reading.asOf) return;
      return simulation.violate("add-only", `${resource.ref.id} ${change}, which was there before the read`);
    }
    if (touch.at >= reading.begunAt) counts.raced += 1;
    else if (touch.at >= reading.asOf) counts.lagged += 1;
    else
      simulation.violate(
        "add-only",
        `${resource.ref.id} ${change}, set ${Math.round(reading.asOf - touch.at)} ms before the read`,
      );
    trace?.note("checker", "counts as raced", resource.ref.id, change);
  }

  function noteFailures(call: SentCall, failures: SimAnswer["failures"]): void {
    const { request, invocation, container } = call;
    for (const [id, error] of Object.entries(failures)) {
      const { code } = error;
      const { poison } = byPlace.get(placeOf({ ...request, id })) ?? {};
      if (error.kind === "not-found") invocation.notFound.add(placeOf({ ...request, id }));
      invocation.errors.push({ scope: scopeOf(call), error });
      if (isRemembered(error)) container.hasBeenRefused = true;
      if (
        !UNFORESEEABLE.test(code) &&
        !/Throttl|Concurrent|InvalidDBInstanceState|InUse|InvalidParameterException|TagLimit|TooManyTags/.test(code) &&
        !/^(OperationConflict|LastTokenProcessing|TaskConflict|IncorrectInstanceStatus|ServiceUnavailable|UnmatchedFailure)$/.test(
          code,
        )
      ) {
        simulation.violate("limits", `${request.action} failed for ${id}: ${code}`);
      }
      if (/^(InvalidParameterException|NoPermission\.SystemTag)$/.test(code) && poison === undefined) {
        simulation.violate("limits", `${request.action} failed for ${id}: ${code}`);
      }
    }
  }
}

/** Whether each read with it is refused. */
export function isOffender(resource: SimResource | undefined): boolean {
  return resource?.poison === "unreadable" || resource?.ref.type === UNSUPPORTED;
}

/** Whether it slows down or stops what comes after it. */
function isRemembered({ kind }: ProviderError): boolean {
  return kind === "throttled" || kind === "access";
}

/** All that may run at once divide our share evenly. */
function budgetOf({ request }: SentCall, { scenario }: Simulation) {
  const { action, account, region, kind, api } = request;
  const config = scenario.accounts.find((one) => one.account === account);
  const share = (config?.callsPerSecond?.[kind] ?? api.callsPerSecond / 2) / scenario.containers;
  return { bucket: `${action}/${account}/${api.per === "account" ? api.per : region}`, share };
}

function described({ request }: SentCall): string {
  if (request.kind === "read") return request.token === undefined ? "" : "next page";
  return few(Array.from(request.tags, ([key, value]) => `${key}=${value}`));
}
