import { LONGEST_DELAY_SECONDS } from "../../lib/app/ports/messages.ts";
import { refusesReads } from "../answers.ts";
import type { FinalOutcome, ResourceOutcome } from "../../lib/core/outcome.ts";
import { FUNCTION_TIMEOUT_MS, writeKey, type EnforceContainer, type Invocation } from "./invocation.ts";
import { isOffender } from "./check-calls.ts";
import { wasDenied } from "./denied-regions.ts";
import { notFinal } from "./check-final.ts";
import { partOf, type SimResource } from "./scenario.ts";
import type { Simulation } from "./simulation.ts";

/** What an outcome says of a type that its account leaves out. */
const LEFT_OUT = "TypeLeftOut";
/** More tags than any policy set asks for. */
const MOST_REQUIRED = 8;

interface Known {
  readonly resource: SimResource;
  readonly invocation: Invocation;
  readonly container: EnforceContainer;
  readonly simulation: Simulation;
}

/** An outcome is true: the checker knows what exists, what was answered and what took effect. */
export function checkTruth(outcome: ResourceOutcome, known: Known): void {
  const say = (lie: string | undefined) => {
    if (lie === undefined) return;
    known.simulation.violate("true outcomes", `${known.resource.ref.id} is ${outcome.outcome}, and ${lie}`);
  };
  for (const { key, outcome: tagOutcome, value } of outcome.tags) {
    if (tagOutcome === "tagged") say(lieOfTag(key, value, known));
  }
  if (outcome.outcome === "redelivered") {
    const { resource, invocation, simulation } = known;
    const others = [...invocation.unreadable].filter((place) => place !== resource.place);
    const isOthersFault = refusesReads(outcome.code ?? "") && !isOffender(resource);
    if (isOthersFault && others.length < 2) simulation.violate("isolation", `${outcome.id} waits for ${others.join()}`);
    if (DENIED.test(outcome.code ?? "") && !wasDenied(resource, known.container))
      simulation.violate("isolation", `${outcome.id} waits, and nobody was denied access in ${resource.ref.region}`);
    return;
  }
  say(notFinal(outcome));
  say(LIES[outcome.outcome](known, outcome));
}

function lieOfTag(key: string, value: string | undefined, { resource, invocation }: Known): string | undefined {
  const name = writeKey(resource.place, key);
  if (!invocation.journal.has(name)) return `the journal says nothing of ${key}`;
  const write = invocation.writes.get(name);
  const tookEffect = write?.landed === true && write.value === value;
  // A later reading may show less: somebody took the tag away again, or deleted the resource.
  const wasShown = invocation.confirmed.has(name);
  return tookEffect || wasShown ? undefined : `${key}=${value} never took effect`;
}

/** As each cloud says that it denies access. */
const DENIED = /^(Forbidden\.RAM|PAP5\.0001|AccessDeniedException)$/;

const neverRead = ({ invocation, resource }: Known) =>
  invocation.readings.has(resource.place) ? undefined : "its tags were never read";

const mostTagsOf = ({ ref }: SimResource) => (ref.type.startsWith("aws:") ? 50 : 20);

/**
 * Deleted between the read that the plan rests on, which showed no room for one of its tags, and the write of the
 * others: that tag was rejected, the others are gone, and the outcome that decides is the resource's.
 */
function wasFullBeforeItWent(
  { resource, invocation, simulation }: Known,
  { code, tags }: Pick<ResourceOutcome, "code" | "tags">,
): boolean {
  const rejected = tags.filter((tag) => tag.outcome === "rejected");
  const gone = tags.filter((tag) => tag.outcome === "gone");
  if (code !== "TagQuota" || gone.length === 0 || rejected.some((tag) => tag.code !== "TagQuota")) return false;
  if (simulation.clouds.tagsOf(resource) !== undefined || !invocation.notFound.has(resource.place)) return false;
  const shown = invocation.mostShown.get(resource.place) ?? 0;
  return shown + gone.length + rejected.length > mostTagsOf(resource);
}

/** What speaks against each outcome. */
const LIES: Readonly<Record<FinalOutcome, (known: Known, outcome: ResourceOutcome) => string | undefined>> = {
  rejected(known, outcome) {
    const { resource, invocation, simulation } = known;
    const most = mostTagsOf(resource);
    const shown = invocation.readings.get(resource.place)?.tags.size ?? 0;
    const carried = Math.max(shown, simulation.clouds.tagsOf(resource)?.size ?? 0, resource.requestTags.size);
    const isFull = carried + MOST_REQUIRED > most;
    const isRefused = resource.poison === "named" || resource.poison === "unnamed";
    if (isRefused || isFull || wasFullBeforeItWent(known, outcome)) return undefined;
    return "nothing is wrong with it";
  },
  failed({ resource, invocation, container, simulation }) {
    const comesBack = invocation.batch.some(({ body, copy, lineage }) => {
      const content = simulation.scenario.bodies[body];
      const own = content?.kind === "created" ? partOf(content.resources, copy?.part) : [];
      const names = own.some(({ place }) => place === resource.place);
      const waitsUntil = lineage.dayFrom + simulation.scenario.waitMs;
      return names && container.clock.now() + LONGEST_DELAY_SECONDS * 1_000 < waitsUntil;
    });
    return comesBack ? "a message of it comes back" : undefined;
  },
  gone({ resource, invocation, container, simulation }) {
    if (!invocation.notFound.has(resource.place)) return "no answer said so";
    const hasJumped = container.jumps.some(({ at }) => at >= invocation.endsAt - FUNCTION_TIMEOUT_MS);
    const settledAt = resource.createdAt + simulation.scenario.settleSeconds * 1_000;
    return hasJumped || container.clock.now() >= settledAt - 1 ? undefined : "it may still be on its way";
  },
  "not-applicable"({ resource, invocation, container, simulation }, outcome) {
    const { policies } = simulation.scenario.policies;
    const applies = (tags: ReadonlyMap<string, string> | undefined) =>
      policies.evaluate({ ...resource.created, tags }, container.clock.now()).compliance !== "not-applicable";
    const shown = invocation.readings.get(resource.place)?.tags ?? [];
    const isMatched = applies(undefined) && applies(new Map([...resource.requestTags, ...shown]));
    if (outcome.code === LEFT_OUT) return resource.isLeftOut ? undefined : "its account names its type";
    return resource.legacy || !isMatched ? undefined : "a policy matches it";
  },
  compliant: neverRead,
  exempt: neverRead,
  "report-only": neverRead,
  tagged: neverRead,
};
