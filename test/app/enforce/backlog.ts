import { enforceLimiter } from "../../../lib/app/cloud/rate/enforce-limiter.ts";
import { createRateLimiter } from "../../../lib/app/cloud/rate/limiter.ts";
import { enforceTags, type EnforceDeps } from "../../../lib/app/enforce/enforce-tags.ts";
import type { CreatedMessage } from "../../../lib/app/enforce/messages.ts";
import type { MessageAction } from "../../../lib/app/ports/messages.ts";
import type { ResourceOutcome } from "../../../lib/core/outcome.ts";
import type { AccountConfig } from "../../../lib/core/config/config.ts";
import { seededRandom } from "../../../lib/core/seeded-random.ts";
import { memoryRateClaims } from "../../../lib/sinks/dynamo/memory-rate-claims.ts";
import type { MemoryFaults, MemoryResource } from "../../../lib/providers/memory.ts";
import { created, createWorld } from "../enforce-world.ts";

/** As serverless.yml has it: what a function gets, what it leaves for the call under way and for recording, and a batch. */
const FUNCTION_MS = 60_000;
const RESERVED_MS = 8_000;
const BATCH = 100;
const ATTEMPTS = 5;
const BATCHING_WINDOW_MS = 5_000;

export interface BacklogOptions {
  readonly make: (name: string) => MemoryResource;
  readonly messages: number;
  readonly perMessage?: number;
  /** How many functions share the rate; one of them is run here. */
  readonly processes?: number;
  readonly callsPerSecond?: AccountConfig["callsPerSecond"];
  readonly faults?: (advance: (ms: number) => void) => MemoryFaults;
  readonly hours?: number;
}

interface Queued extends CreatedMessage {
  /** What the whole event names. */
  readonly all: CreatedMessage["resources"];
  visibleAt: number;
  receives: number;
}

/** What one invocation came to. */
export interface Invocation {
  readonly outcomes: readonly ResourceOutcome[];
  readonly tagged: number;
}

/** A backlog of messages in virtual time, delivered to one function after the other until none is left or the time is over. */
export async function workOff({ make, messages, perMessage = 1, hours = 2, ...options }: BacklogOptions) {
  const { processes = 1, callsPerSecond, faults } = options;
  const resources = Array.from({ length: messages * perMessage }, (_, n) => make(`r${String(n).padStart(6, "0")}`));
  let advance = (_ms: number): void => undefined;
  const world = createWorld({
    resources,
    account: { writesPerHour: 10_000_000, ...(callsPerSecond !== undefined && { callsPerSecond }) },
    ...(faults !== undefined && { faults: faults((ms) => advance(ms)) }),
  });
  const { clock, deps } = world;
  advance = (ms) => clock.advance(ms);
  const limiter = enforceLimiter(createRateLimiter(clock, processes), {
    claims: memoryRateClaims(),
    clock,
    log: deps.log,
    registry: deps.registry,
    part: 0.5,
  });
  const accounts = deps.accounts.map(({ callsPerSecond: own, ...account }) =>
    callsPerSecond === undefined ? account : { ...account, ...(own !== undefined && { callsPerSecond: own }) },
  ) as readonly AccountConfig[];
  const enforceDeps: EnforceDeps = { ...deps, limiter, accounts, random: seededRandom(1) };
  let queue = Array.from({ length: messages }, (_, n): Queued => {
    const all = resources.slice(n * perMessage, (n + 1) * perMessage).map((one) => created(one));
    return { messageId: `m${n}`, sendCount: 0, visibleAt: clock.now(), receives: 0, all, resources: all };
  });
  const startedAt = clock.now();
  const invocations: Invocation[] = [];
  const dead: string[] = [];
  const elapsedMs = () => clock.now() - startedAt;
  while (queue.length > 0 && elapsedMs() < hours * 3_600_000) {
    const visible = queue.filter((one) => one.visibleAt <= clock.now()).slice(0, BATCH);
    if (visible.length === 0) {
      clock.advance(Math.min(...queue.map((one) => one.visibleAt)) - clock.now() + BATCHING_WINDOW_MS);
      continue;
    }
    const endsAt = clock.now() + FUNCTION_MS - RESERVED_MS;
    const { actions, resources: outcomes } = await enforceTags(visible, enforceDeps, {
      remainingMs: () => endsAt - clock.now(),
    });
    invocations.push({ outcomes, tagged: outcomes.filter(({ outcome }) => outcome === "tagged").length });
    const done = new Set<Queued>();
    const copies: Queued[] = [];
    for (const one of actions) {
      const message = visible.find(({ messageId }) => messageId === one.messageId);
      if (message === undefined) continue;
      if (one.action === "redeliver" && message.receives + 1 < ATTEMPTS) {
        Object.assign(message, { visibleAt: clock.now() + 6 * FUNCTION_MS, receives: message.receives + 1 });
        continue;
      }
      done.add(message);
      if (one.action === "redeliver") dead.push(message.messageId);
      if (one.action === "send-again") copies.push(...copiesOf(message, one, clock.now()));
    }
    queue = [...queue.filter((one) => !done.has(one)), ...copies];
  }
  const state = [...world.huawei.state(), ...world.aws.state(), ...world.alibaba.state()];
  const tagged = state.filter(({ tags }) => tags?.has("env") === true).length;
  return { tagged, left: queue, dead, invocations, minutes: elapsedMs() / 60_000, calls: world.calls(), world };
}

function copiesOf(message: Queued, action: Extract<MessageAction, { action: "send-again" }>, now: number): Queued[] {
  const { delaySeconds, parts } = action;
  const copy = { ...message, receives: 0, visibleAt: now + delaySeconds * 1_000 };
  if (parts === undefined) return [{ ...copy, sendCount: message.sendCount + 1 }];
  return parts.map((part) => {
    const resources = message.all.slice(part.from, part.to);
    return { ...copy, messageId: `${message.messageId}/${part.from}-${part.to}`, sendCount: 0, part, resources };
  });
}
