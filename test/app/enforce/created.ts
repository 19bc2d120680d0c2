import { enforceTags } from "../../../lib/app/enforce/enforce-tags.ts";
import type { MemoryCall } from "../../../lib/providers/memory.ts";
import { created, createWorld, group, messagesOf, type WorldOptions } from "../enforce-world.ts";

export const groups = (count: number) => Array.from({ length: count }, (_, index) => group(`g${index}`));
export const isWrite = ({ operation }: MemoryCall) => operation === "tagResources";
export const isRead = ({ operation }: MemoryCall) => operation === "listTagResources";
export const justNow = { createdAt: new Date(Date.UTC(2026, 10, 22, 11, 59)).toISOString() };

/** Enforces on all of these resources, one message each. */
export async function enforce(options: WorldOptions, event = {}) {
  const world = createWorld(options);
  const messages = messagesOf((options.resources ?? []).map((one) => created(one, event)));
  const result = await enforceTags(messages, world.deps, world.deadline);
  return { ...world, messages, ...result };
}
