import type { WorldName } from "./worlds.ts";

/** A fault that somebody might put into the product: text that is replaced by other text. */
export interface Mutant {
  readonly name: string;
  /** Whose schedules are to catch it. */
  readonly world: WorldName;
  readonly file: string;
  /** Occurs exactly once. */
  readonly find: string;
  readonly replace: string;
}

export const mutants: readonly Mutant[] = [
  {
    world: "enforce",
    name: "take a lost answer for a success",
    file: "lib/app/send-batch.ts",
    find: 'return { kind: "lost", error };',
    replace:
      'ledger.settle(batch, batch.resourceIds, (_, value) => ({ kind: "written", value, at: 0, requestId: "" }));\n      return { kind: "answered", retry: [], error: undefined };',
  },
  {
    world: "enforce",
    name: "drop the read before the write",
    file: "lib/app/send-batch.ts",
    find: "return age > OLDEST_READ_MS || age < 0;",
    replace: "return age > Infinity;",
  },
  {
    world: "enforce",
    name: "acknowledge while one resource is open",
    file: "lib/app/settle-messages.ts",
    find: "if (verdicts.length === 0)",
    replace: "if (verdicts.length < resources.length || verdicts.length === 0)",
  },
  {
    world: "enforce",
    name: "acknowledge although no copy was accepted",
    file: "lib/lambda/sqs-batch.ts",
    find: "return new Set();\n  }\n}",
    replace: "return new Set(copies.map(({ messageId }) => messageId));\n  }\n}",
  },
  {
    world: "enforce",
    name: "acknowledge what can't be read",
    file: "lib/lambda/sqs-batch.ts",
    find: 'if (parsed?.kind === "ignored") acknowledged',
    replace: 'if (parsed?.kind !== "message") acknowledged',
  },
  {
    world: "enforce",
    name: "send every batch twice",
    file: "lib/app/apply-batches.ts",
    find: "concurrently(scope, BATCHES_AT_ONCE, ",
    replace: "concurrently([...scope, ...scope], BATCHES_AT_ONCE, ",
  },
  {
    world: "enforce",
    name: "skip the limiter",
    file: "lib/app/call.ts",
    find: "if (wait > 0) await clock.sleep(wait);\n  }",
    replace: "}",
  },
  {
    world: "enforce",
    name: "ignore FailedResourcesMap",
    file: "lib/app/send-batch.ts",
    find: "ledger.settle(batch, succeeded,",
    replace: "ledger.settle(batch, batch.resourceIds,",
  },
  {
    world: "enforce",
    name: "treat a failed read as no tags",
    file: "lib/app/read-tags.ts",
    find: "        note(ids, unknown(error));\n        return error;",
    replace:
      '        note(ids, () => ({ kind: "known", tags: new Map<string, string>(), readAt: clock.now() }));\n        return error;',
  },
  {
    world: "enforce",
    name: "repeat an ambiguous write blindly",
    file: "lib/app/call.ts",
    find: 'if (!error.retryable || (kind === "write" && error.ambiguous)) return false;',
    replace: "if (!error.retryable || kind === undefined) return false;",
  },
  {
    world: "enforce",
    name: "don't read back after a lost answer",
    file: "lib/app/send-batch.ts",
    find: "entry.reading = { ...entry.reading, readAt: -Infinity };",
    replace: "",
  },
  {
    world: "enforce",
    name: "forget the settle time",
    file: "lib/app/verdict.ts",
    find: "return settlesInMs > 0 ?",
    replace: "return settlesInMs > Infinity ?",
  },
  {
    world: "enforce",
    name: "forget the tags of the creating request",
    file: "lib/app/assess.ts",
    find: "return new Map([...requested, ...read]);",
    replace: "return read;",
  },
  {
    world: "enforce",
    name: "ignore the deadline",
    file: "lib/app/call.ts",
    find: "deadline.remainingMs() - reserveMs",
    replace: "deadline.remainingMs() + reserveMs + 3_600_000",
  },
  {
    world: "enforce",
    name: "ignore the write cap",
    file: "lib/app/reserve-writes.ts",
    find: "keys.slice(count)",
    replace: "keys.slice(Math.max(count, keys.length))",
  },
  {
    world: "enforce",
    name: "ignore the report mode of an account",
    file: "lib/app/assess.ts",
    find: 'if (mode === "enforce" && account.mode === "enforce")',
    replace: 'if (mode === "enforce")',
  },
  {
    world: "enforce",
    name: "stop after the first page",
    file: "lib/app/pages.ts",
    find: "if (token === undefined) return;",
    replace: "return;",
  },
  {
    world: "enforce",
    name: "blame the whole batch for one bad resource",
    file: "lib/app/apply-batches.ts",
    find: "return isolateBad(batch, sent.error, ledger, deps);",
    replace: 'return ledger.settle(batch, batch.resourceIds, () => ({ kind: "refused", error: sent.error }));',
  },
  {
    world: "enforce",
    name: "let throttling spend the receive count",
    file: "lib/app/verdict.ts",
    find: 'case "throttled":\n      return wait(code, message, error);',
    replace: 'case "throttled":\n      return { outcome: "redelivered", how: "retry", code, message };',
  },
  {
    world: "enforce",
    name: "write on although a new read shows a value",
    file: "lib/app/ledger.ts",
    find: "return untouched && stillWanted ? undefined",
    replace: "return untouched || !stillWanted || stillWanted ? undefined",
  },
  {
    world: "enforce",
    name: "drop the second of two messages' resources",
    file: "lib/app/enforce-tags.ts",
    find: "const assessments = await assess(mergeCreated(messages), { ...deps, caller });",
    replace:
      "const assessments = await assess(mergeCreated(messages.slice(0, Math.max(1, messages.length - 1))), { ...deps, caller });",
  },
  {
    world: "enforce",
    name: "leave late calls to bunch up",
    file: "lib/app/call.ts",
    find: "if (wait > 0) await clock.sleep(wait);\n      return wait > 0;",
    replace: "return false;",
  },
  {
    world: "enforce",
    name: "start a write after a read although the time is up",
    file: "lib/app/call.ts",
    find: "if (wait > left) throw new OutOfTimeError();",
    replace: "",
  },
  {
    world: "enforce",
    name: "don't look for room after a new read",
    file: "lib/app/send-batch.ts",
    find: "...withoutRoom(batch, entries)",
    replace: "",
  },
  {
    world: "enforce",
    name: "leave lost answers out of the journal",
    file: "lib/app/enforce-tags.ts",
    find: "await journal.end(applied.values());",
    replace: "await journal.end([]);",
  },
  {
    world: "enforce",
    name: "leave written tags out of the journal",
    file: "lib/app/enforce-tags.ts",
    find: "await journal.end(applied.values());",
    replace: "",
  },
];
