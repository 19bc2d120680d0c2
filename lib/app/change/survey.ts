import type { Mode } from "../../core/mode.ts";
import { resourceKey } from "../../core/resource.ts";
import { beforeOf, endedBy, type ChangeEnding, type TagChange } from "../../core/tag-change.ts";
import type { Caller } from "../cloud/call.ts";
import { readTags, type KnownReading, type Reading, type RoutedResource } from "../cloud/read-tags.ts";
import { NOT_CONFIGURED, type Route, type Router } from "../cloud/route.ts";
import { BRAKE, brakeOn } from "../write/brake.ts";
import { reserveWithinCap } from "../write/cap.ts";
import type { Clock } from "../ports/invocation.ts";
import type { WriteCap } from "../ports/write-cap.ts";
import type { WriteAction } from "../write/pairs.ts";
import { endingOfError } from "./ending.ts";

/** A change that may be written, by what was read. */
export interface Changeable {
  readonly change: TagChange;
  readonly action: WriteAction;
  readonly route: Route;
  readonly reading: KnownReading;
}

export interface Survey {
  readonly changeable: readonly Changeable[];
  /** Changes that end without a write. */
  readonly ended: readonly { readonly change: TagChange; readonly ending: ChangeEnding }[];
}

export interface SurveyDeps {
  readonly route: Router;
  readonly caller: Caller;
  readonly clock: Pick<Clock, "now">;
  readonly mode: Mode;
}

/** Reads what these tags are now, and sorts out those that may be changed. What can't be read is never written. */
export async function surveyChanges(changes: readonly TagChange[], deps: SurveyDeps): Promise<Survey> {
  const toRead = new Map<string, RoutedResource>();
  const problems = new Map<string, string>();
  for (const { ref } of changes) {
    const route = deps.route(ref);
    if ("problem" in route) problems.set(resourceKey(ref), route.problem);
    else toRead.set(resourceKey(ref), { ref, route });
  }
  const readings = await readTags([...toRead.values()], deps);

  const changeable: Changeable[] = [];
  const ended: { change: TagChange; ending: ChangeEnding }[] = [];
  for (const change of changes) {
    const key = resourceKey(change.ref);
    const ending = endingWithoutWrite(change, {
      problem: problems.get(key),
      route: toRead.get(key)?.route,
      reading: readings.get(key),
      mode: deps.mode,
    });
    if ("outcome" in ending) ended.push({ change, ending });
    else changeable.push({ change, action: change.to === undefined ? "untag" : "tag", ...ending });
  }
  return { changeable, ended };
}

interface Known {
  readonly problem: string | undefined;
  readonly route: Route | undefined;
  readonly reading: Reading | undefined;
  readonly mode: SurveyDeps["mode"];
}

function endingWithoutWrite(
  change: TagChange,
  { problem, route, reading, mode }: Known,
): ChangeEnding | Pick<Changeable, "route" | "reading"> {
  if (problem !== undefined) return { outcome: "failed", code: NOT_CONFIGURED, message: problem };
  if (route === undefined || reading === undefined) return { outcome: "failed", code: "Unexpected" };
  if (reading.kind === "unknown") return endingOfError(reading.error);
  const ended = endedBy(change, reading.tags);
  if (ended !== undefined) return ended;
  const brake = brakeOn(mode, route.account);
  if (brake === undefined) return { route, reading };
  return { outcome: "report-only", ...beforeOf(change, reading.tags), code: BRAKE, message: brake };
}

/**
 * Takes the writes from the cap of their accounts. `granted` holds the resources that have theirs; it is added to.
 * Answers what may be written, and what is beyond the cap.
 */
export async function withinCap(
  changeable: readonly Changeable[],
  granted: Set<string>,
  { writeCap, clock }: { readonly writeCap: WriteCap; readonly clock: Pick<Clock, "now"> },
): Promise<Survey> {
  const asked = new Map(changeable.map(({ change, route }) => [resourceKey(change.ref), route.account]));
  for (const key of granted) asked.delete(key);
  const beyond = await reserveWithinCap(
    Array.from(asked, ([key, account]) => ({ key, account, reason: "event" })),
    clock.now(),
    writeCap,
  );
  for (const key of asked.keys()) if (!beyond.has(key)) granted.add(key);
  const within: Changeable[] = [];
  const ended: Survey["ended"][number][] = [];
  for (const one of changeable) {
    const { change, reading } = one;
    const cap = beyond.get(resourceKey(change.ref));
    if (cap === undefined) {
      within.push(one);
    } else {
      const message = `${cap.message}; run it again later`;
      ended.push({ change, ending: { outcome: "failed", ...beforeOf(change, reading.tags), code: cap.code, message } });
    }
  }
  return { changeable: within, ended };
}
