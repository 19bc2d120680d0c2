import { findContract } from "../../lib/core/contract.ts";
import type { CompiledPolicies } from "../../lib/core/policy/compiled.ts";
import { forbiddenBy } from "../../lib/core/policy/words/forbid.ts";
import type { JournalEntry } from "../../lib/core/journal.ts";
import { plan } from "../../lib/core/plan/plan.ts";
import type { Explain, ExplainedTag, Explanation, Question } from "../../lib/core/policy/explain/explain.ts";
import { NO_TAGS, refOf, resourceKey, tagsToObject, type Resource } from "../../lib/core/resource.ts";
import { allContracts } from "../../lib/providers/index.ts";
import { knownByFinding } from "../input/finding-known.ts";
import { readResources } from "../input/resources.ts";
import type { Io } from "../io.ts";
import type { ExplainedCall, ExplainedResource } from "../output/policy/explanation-tree.ts";

/** Explains the resources of a file, one after the other; of those with this id, where one is named. */
export async function* explainResources(
  { resources, id, at }: { readonly resources: string; readonly id?: string | undefined; readonly at: number },
  explain: Explain,
  io: Io,
): AsyncGenerator<ExplainedResource> {
  for await (const { resource, line } of readResources(resources, io)) {
    if (id !== undefined && resource.id !== id) continue;
    yield withCalls(explain({ resource, ...knownByFinding(resource, line) }, at), resource);
  }
}

/** What a run wrote, each resource with the reasons that its policies had then, as far as the journal knows them. */
export function explainRun(
  run: string,
  entries: readonly JournalEntry[],
  {
    explain,
    compiled,
    at,
  }: { readonly explain: Explain; readonly compiled: CompiledPolicies; readonly at: number | undefined },
): readonly ExplainedResource[] {
  const forbidden = forbiddenBy(compiled.policies);
  const { hash } = compiled;
  const byResource = Map.groupBy(entries, (entry) => resourceKey(entry));
  return [...byResource.values()].flatMap((own) => {
    const all = own.toSorted((one, other) => (one.at < other.at ? -1 : 1));
    const [first] = all;
    if (first === undefined) return [];
    const question: Question = {
      resource: { ...refOf(first), tags: undefined },
      // What a key carried before the run wrote it first.
      some: new Map(all.toReversed().map(({ key, before }) => [key, before])),
      isEventKnown: false,
    };
    const explanation = explain(question, at ?? Date.parse(first.at));
    const { policyHash } = first;
    const isSecret = (key: string): boolean => forbidden !== undefined && forbidden(key).length > 0;
    const shown = all.map((entry) => (isSecret(entry.key) ? withoutValues(entry) : entry));
    const told = shown.map(({ type: _t, account: _a, region: _r, project: _p, id: _i, ...rest }) => rest);
    return {
      ...explanation,
      tags: explanation.tags.map((tag) => asWritten(tag, all)),
      calls: callsOf(shown),
      journal: {
        run,
        ...(policyHash !== undefined && { policyHash, samePolicies: policyHash === hash }),
        entries: told,
      },
    };
  });
}

/** What a forbidden key held is told nowhere: that it was written or taken off is. */
function withoutValues({ value, before, ...entry }: JournalEntry): JournalEntry {
  return { ...entry, ...(value !== undefined && { value: "" }), ...(before !== undefined && { before: "" }) };
}

/** What depends on an event that nobody has any more is known by what was written. */
function asWritten(tag: ExplainedTag, entries: readonly JournalEntry[]): ExplainedTag {
  const value = entries.findLast(({ key }) => key === tag.key)?.value;
  if (tag.default?.action !== "unknown" || value === undefined) return tag;
  return { ...tag, default: { ...tag.default, action: "write", value } };
}

function callsOf(entries: readonly JournalEntry[]): readonly ExplainedCall[] {
  const calls = Map.groupBy(entries, ({ type, value, requestId }) => {
    const contract = findContract(allContracts, type);
    const action = (value === undefined ? contract?.untag : contract?.tag)?.action ?? "";
    return JSON.stringify([action, requestId]);
  });
  return [...calls].map(([name, own]) => {
    const [action] = JSON.parse(name) as [string];
    return { action, tags: Object.fromEntries(own.map(({ key, value, before }) => [key, value ?? before ?? ""])) };
  });
}

/** The calls that would write what is to be written; what no call can write is said of its tag. */
function withCalls(explanation: Explanation, resource: Resource): ExplainedResource {
  const tags = explanation.tags.flatMap(({ key, default: source }) =>
    source?.action === "write" && source.value !== undefined ? [{ key, value: source.value }] : [],
  );
  const current = resource.tags ?? NO_TAGS;
  const { batches, unresolved } = plan({
    resources: tags.length === 0 ? [] : [{ resource, current, tags }],
    contractFor: (type) => findContract(allContracts, type),
  });
  const refused = new Map(unresolved.map((one) => [one.key, one]));
  return {
    ...explanation,
    tags: explanation.tags.map((tag) => {
      const { code, reason } = refused.get(tag.key) ?? {};
      if (code === undefined || reason === undefined || tag.default === null) return tag;
      const { action: _, value: _value, ...rest } = tag.default;
      return { ...tag, default: { ...rest, action: "leave" as const, reason: code, detail: reason } };
    }),
    calls: batches.map(({ type, tags: written }) => ({
      action: findContract(allContracts, type)?.tag.action ?? "",
      tags: tagsToObject(written),
    })),
  };
}
