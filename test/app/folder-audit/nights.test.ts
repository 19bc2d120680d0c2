import { describe, expect, it } from "vitest";
import { flatLayout } from "../../../lib/app/audit/layout.ts";
import { runAudit } from "../../../lib/app/folder-audit/run-audit.ts";
import { ProviderError } from "../../../lib/core/errors.ts";
import { preparePolicies } from "../../../lib/core/policy/prepare.ts";
import type { Finding } from "../../../lib/core/report/finding.ts";
import type { MemoryFaults, MemoryResource } from "../../../lib/providers/memory.ts";
import { memoryObjects } from "../../../lib/sinks/objects/memory.ts";
import { objectRunStore } from "../../../lib/sinks/objects/run-store.ts";
import * as fc from "../../properties.ts";
import { AT, auditWorld, compile, written } from "../audit-world.ts";

const DAY = 86_400_000;
const TYPE = "alibaba:apigateway:apiGroup";

const policies = preparePolicies(
  compile(`
version: 1
requiredTags: { env: {}, owner: {}, backup: {} }
policies:
  - { name: strict, match: { types: ["${TYPE}"], not: { tags: { sandbox: "*" } } }, require: [env] }
  - { name: live, match: { types: ["${TYPE}"], tags: { stage: live } }, require: [backup] }
  - { name: lenient, match: { types: ["alibaba:apigateway:app"] }, require: [owner], graceDays: 3 }
exemptions:
  - { match: { tags: { exempt: "*" } }, reason: they said so, expires: "2099-12-31" }
`),
);

function group(id: string, tags: Record<string, string> = {}, type = TYPE): MemoryResource {
  return { type, region: "cn-hangzhou", id, tags: new Map(Object.entries(tags)) };
}

/** What the policies say of a resource, by its tags. */
type State = "fine" | "bad" | "exempt" | "outside";

const TAGS: Readonly<Record<State, Readonly<Record<string, string>>>> = {
  fine: { env: "prod" },
  bad: {},
  exempt: { exempt: "yes" },
  outside: { sandbox: "yes" },
};

function resourcesIn(states: Readonly<Record<string, State>>): MemoryResource[] {
  return Object.entries(states).map(([id, state]) => group(id, TAGS[state]));
}

/** What is known of each id: since which night it is a finding, and whether it was one the last time. */
type Known = Map<string, { readonly since: number; readonly isFinding: boolean }>;

/** How a night is to be counted against what was known before, which it changes. */
function pass(known: Known, states: Readonly<Record<string, State>>, night: number) {
  const counts = { new: 0, open: 0, fixed: 0, exempted: 0, unjudged: 0, gone: 0 };
  for (const [id, { isFinding }] of known) {
    if (Object.hasOwn(states, id)) continue;
    if (isFinding) counts.gone += 1;
    known.delete(id);
  }
  for (const [id, now] of Object.entries(states)) {
    const earlier = known.get(id);
    if (now === "bad") {
      counts[earlier === undefined ? "new" : "open"] += 1;
      known.set(id, { since: earlier?.since ?? night, isFinding: true });
    } else if (earlier !== undefined && now === "fine") {
      counts.fixed += 1;
      known.delete(id);
    } else if (earlier !== undefined) {
      if (earlier.isFinding) counts[now === "exempt" ? "exempted" : "unjudged"] += 1;
      known.set(id, { ...earlier, isFinding: false });
    }
  }
  return counts;
}

const KEYS = ["env", "owner", "team"] as const;
type Key = (typeof KEYS)[number];

/** What is known of a resource from night to night: what it broke and nobody has mended, and what was asked. */
interface Held {
  readonly broken: readonly Key[];
  readonly asked: readonly Key[];
  readonly isFinding: boolean;
  readonly firstSeen: number;
}

/** How a night in which this is asked and that is lacking is to be counted against what was known before, and what is known then. */
function follow(
  held: Held,
  { asked, lacking }: { readonly asked: readonly Key[]; readonly lacking: readonly Key[] },
  night: number,
) {
  const broken = asked.filter((key) => lacking.includes(key));
  const left = held.broken.filter((key) => !asked.includes(key) || lacking.includes(key));
  const news = broken.filter((key) => !held.broken.includes(key) && held.asked.includes(key));
  const [isFinding, isKnown, isNews] = [broken.length > 0, left.length > 0, news.length > 0];
  const counts = {
    new: Number(isFinding && !isKnown && isNews),
    added: Number(isFinding && !isKnown && !isNews),
    open: Number(isFinding && isKnown),
    newlyBroken: Number(isKnown && isNews),
    fixed: Number(held.broken.length > 0 && !isKnown),
    unjudged: Number(!isFinding && isKnown && held.isFinding),
  };
  return {
    counts,
    newlyBroken: isNews && (isKnown || news.length < broken.length) ? news : undefined,
    broken: [...new Set([...left, ...broken])],
    asked,
    isFinding,
    firstSeen: isFinding && !isKnown ? night : held.firstSeen,
  };
}

interface Night {
  readonly resources: readonly MemoryResource[];
  readonly faults?: MemoryFaults;
  /** Those that judge this night; absent = the usual ones. */
  readonly judging?: typeof policies;
}

/** Audits night after night into one folder, and answers the report and the findings of each. */
async function nights(...all: readonly Night[]) {
  const objects = memoryObjects();
  const answers = [];
  for (const [night, { resources, faults = {}, judging = policies }] of all.entries()) {
    const { deps, clock } = auditWorld({ resources: { alibaba: [...resources] }, faults, objects });
    await clock.sleep(night * DAY);
    const runs = objectRunStore(objects);
    const sizes = { window: 3, linesPerPart: 4 };
    const { report } = await runAudit({ ...deps, runs, policies: judging, clock, out: "DIR", sizes });
    const findings: readonly Finding[] = await written(objects, "findings");
    answers.push({ report, changes: report.survey?.changes, findings, objects });
  }
  return answers;
}

/** Policies of one line each. */
const judgingBy = (...lines: readonly string[]) =>
  preparePolicies(
    compile(
      lines.length === 0
        ? "{ version: 1, policies: [] }"
        : `version: 1\npolicies:\n${lines.map((line) => `  - ${line}\n`).join("")}`,
    ),
  );

const firstSeenOf = (findings: readonly Finding[] = []) =>
  Object.fromEntries(findings.map(({ id, firstSeen = "" }) => [id, (Date.parse(firstSeen) - AT) / DAY]));

const listingFails: MemoryFaults = {
  before: ({ action }) => {
    if (!action.endsWith("DescribeApiGroups")) return;
    throw new ProviderError({ code: "Down", kind: "access", message: "no", httpStatus: 403, requestId: "" });
  },
};

describe("findings of audits, night after night", () => {
  it("are new, open, fixed, exempted, no longer judged or gone, whatever three nights found", async () => {
    const state = fc.constantFrom<State>("fine", "bad", "exempt", "outside");
    const night = fc.dictionary(fc.string({ minLength: 1, maxLength: 2 }), state, { maxKeys: 25 });
    await fc.assert(
      fc.asyncProperty(fc.array(night, { minLength: 2, maxLength: 3 }), async (all) => {
        const answers = await nights(...all.map((states) => ({ resources: resourcesIn(states) })));
        const known: Known = new Map();
        for (const [number, states] of all.entries()) {
          const counts = pass(known, states, number);
          if (number > 0) expect(answers[number]?.changes).toMatchObject(counts);
          const found = [...known].filter(([, { isFinding }]) => isFinding).map(([id, { since }]) => [id, since]);
          expect(firstSeenOf(answers[number]?.findings)).toEqual(Object.fromEntries(found));
        }
      }),
      { numRuns: 40 },
    );
  });

  it("are fixed when they are mended after an exemption, and not before", async () => {
    const world = (state: State) => ({ resources: resourcesIn({ a: state }) });
    const all = await nights(world("bad"), world("exempt"), world("exempt"), world("fine"), world("fine"));
    expect(all.slice(1).map(({ changes }) => [changes?.exempted, changes?.fixed])).toEqual([
      [1, 0],
      [0, 0],
      [0, 1],
      [0, 0],
    ]);
  });

  it("are no longer judged where another policy finds the resource good and the one that it broke doesn't match it", async () => {
    const tags = { env: "prod", stage: "live" };
    const before = { resources: [group("a", tags)] };
    const [, second] = await nights(before, { resources: [group("a", { ...tags, stage: "test" })] });
    expect(second?.report.evaluated.compliant).toBe(1);
    expect(second?.changes).toMatchObject({ fixed: 0, unjudged: 1 });
  });

  it("are no longer judged, and then open again, where another policy kept the resource a finding meanwhile", async () => {
    const lacksBoth = { resources: [group("a", { stage: "live" })] };
    const outOfOne = { resources: [group("a", { stage: "test" })] };
    const onlyThatOne = { resources: [group("a", { stage: "test", env: "prod" })] };
    const all = await nights(lacksBoth, outOfOne, onlyThatOne, {
      resources: [group("a", { stage: "live", env: "prod" })],
    });
    expect(all.slice(1).map(({ changes }) => [changes?.open, changes?.new, changes?.fixed, changes?.unjudged])).toEqual(
      [
        [1, 0, 0, 0],
        [0, 0, 0, 1],
        [1, 0, 0, 0],
      ],
    );
  });

  it("are fixed where a policy that they didn't break doesn't match the resource any more", async () => {
    const before = { resources: [group("a", { stage: "live", backup: "daily" })] };
    const [, second] = await nights(before, { resources: [group("a", { stage: "test", env: "prod" })] });
    expect(second?.changes).toMatchObject({ fixed: 1, unjudged: 0 });
  });

  it("stand alone in the first night", async () => {
    const [first] = await nights({ resources: [group("a")] });
    expect(first?.changes).toBeUndefined();
    expect(first?.findings).toMatchObject([{ id: "a", firstSeen: new Date(AT).toISOString() }]);
    expect(first?.findings[0]?.state).toBeUndefined();
  });

  it("keep the night of their first sighting through nights in which their listing failed", async () => {
    const resources = [group("a"), group("b")];
    const failed = { resources, faults: listingFails };
    const [, second, third, fourth] = await nights({ resources }, failed, failed, { resources: [group("a")] });
    expect(second?.report.complete).toBe(false);
    expect(second?.changes).toMatchObject({ new: 0, open: 0, fixed: 0, gone: 0 });
    expect(third?.findings).toEqual([]);
    expect(fourth?.changes).toMatchObject({ new: 0, open: 1, fixed: 0, gone: 1 });
    expect(firstSeenOf(fourth?.findings)).toEqual({ a: 0 });
  });

  it("stay new until the grace of their policy is over, and the counts say how many do", async () => {
    const resources = [group("group-1"), group("app-1", {}, "alibaba:apigateway:app")];
    const all = await nights({ resources }, { resources }, { resources }, { resources });
    const states = all.map(({ findings }) => findings.map(({ state }) => state ?? "alone").join(" "));
    expect(states).toEqual(["alone alone", "open new", "open new", "open open"]);
    expect(all[2]?.changes).toMatchObject({ new: 1, inGrace: 1, open: 1 });
    expect(all[3]?.changes).toMatchObject({ new: 0, inGrace: 0, open: 2 });
  });

  it("have a grace for each policy from when it was found broken first, whatever else was broken before", async () => {
    const judging = preparePolicies(
      compile(`
version: 1
policies:
  - { name: early, require: [{ key: env }], graceDays: 3 }
  - { name: late, require: [{ key: owner }], graceDays: 3 }
`),
    );
    const lacks = (...tags: string[]) => ({
      judging,
      resources: [
        group("a", Object.fromEntries(["env", "owner"].filter((key) => !tags.includes(key)).map((key) => [key, "x"]))),
      ],
    });
    const owner = lacks("owner");
    const all = await nights(lacks("env"), lacks("env"), lacks("env", "owner"), owner, owner, owner);
    expect(all.map(({ findings }) => findings[0]?.state)).toEqual([undefined, "new", "new", "new", "new", "open"]);
  });

  it("keep their grace where a policy is renamed, and each policy that asks the same has its own", async () => {
    const ask = (name: string, graceDays: number) =>
      `{ name: ${name}, require: [{ key: env }], graceDays: ${graceDays} }`;
    const night = (...asked: readonly string[]) => ({ resources: [group("a")], judging: judgingBy(...asked) });
    const statesOf = async (...all: readonly Night[]) =>
      (await nights(...all)).map(({ findings, changes }) => `${findings[0]?.state ?? "none"} ${changes?.added ?? 0}`);
    const [old, renamed] = [night(ask("old", 3)), night(ask("renamed", 3))];
    expect(await statesOf(old, old, renamed, renamed)).toEqual(["none 0", "new 0", "new 0", "open 0"]);
    const both = night(ask("old", 3), ask("patient", 5));
    const patient = night(ask("patient", 5));
    expect(await statesOf(old, both, both, both)).toEqual(["none 0", "new 0", "new 0", "open 0"]);
    expect(await statesOf(old, both, patient, patient, patient, patient)).toEqual([
      "none 0",
      "new 0",
      "new 0",
      "new 0",
      "new 0",
      "open 0",
    ]);
  });

  it("say what of them was found broken first, where they were known before", async () => {
    const judging = judgingBy("{ name: env, require: [{ key: env }] }", "{ name: owned, require: [{ key: owner }] }");
    const carrying = (tags: Record<string, string>) => ({ judging, resources: [group("a", tags)] });
    const all = await nights(
      carrying({ owner: "x" }),
      carrying({}),
      carrying({}),
      carrying({ owner: "x" }),
      carrying({}),
    );
    const owned = [{ policy: "owned", keys: ["owner"] }];
    expect(all.map(({ findings }) => findings[0]?.newlyBroken)).toEqual([
      undefined,
      owned,
      undefined,
      undefined,
      owned,
    ]);
    expect(all.map(({ changes }) => changes?.newlyBroken)).toEqual([undefined, 1, 0, 0, 1]);
    expect(all.slice(1).every(({ findings }) => findings[0]?.state === "open")).toBe(true);
  });

  it("are no news over what an exemption covered for a while, although the rest stayed broken", async () => {
    const text = `
version: 1
policies: [{ name: all, require: [{ key: env }, { key: owner }] }]
`;
    const exempt = `${text}exemptions: [{ match: {}, tags: [owner], reason: for now, expires: "2099-12-31" }]
`;
    const night = (policy: string) => ({ resources: [group("a")], judging: preparePolicies(compile(policy)) });
    const all = await nights(night(text), night(exempt), night(text));
    expect(all.map(({ findings }) => findings[0]?.missing.length)).toEqual([2, 1, 2]);
    expect(all.map(({ changes }) => changes?.newlyBroken)).toEqual([undefined, 0, 0]);
  });

  it("are fixed where all that they broke is mended, also in the night in which something else is broken or asked", async () => {
    const [owned, env] = ["{ name: owned, require: [{ key: owner }] }", "{ name: env, require: [{ key: env }] }"];
    const before = { resources: [group("a", { env: "x" })], judging: judgingBy(owned) };
    const after = { resources: [group("a", { owner: "x" })], judging: judgingBy(owned, env) };
    const [, added, next] = await nights(before, after, after);
    expect(added?.changes).toMatchObject({ fixed: 1, added: 1, new: 0, open: 0, gone: 0 });
    expect(firstSeenOf(added?.findings)).toEqual({ a: 1 });
    expect(next?.changes).toMatchObject({ fixed: 0, added: 0, open: 1, newlyBroken: 0 });
    const [, asked] = await nights({ ...before, judging: judgingBy(owned, env) }, after);
    expect(asked?.changes).toMatchObject({ fixed: 1, added: 0, new: 1, open: 0 });
    const stillBroken = { ...after, resources: [group("a")] };
    const [, open] = await nights(before, stillBroken);
    expect(open?.changes).toMatchObject({ fixed: 0, added: 0, new: 0, open: 1, newlyBroken: 0 });
  });

  it("are no longer judged where a key that they broke is taken out of its policy, which finds the rest good", async () => {
    const [both, owned] = [
      "{ name: p, require: [{ key: owner }, { key: env }] }",
      "{ name: p, require: [{ key: owner }] }",
    ];
    const before = { resources: [group("a", { owner: "x" })], judging: judgingBy(both) };
    const dropped = { ...before, judging: judgingBy(owned) };
    const [, gone, back] = await nights(before, dropped, before);
    expect(gone?.changes).toMatchObject({ unjudged: 1, fixed: 0 });
    expect(back?.changes).toMatchObject({ open: 1, new: 0, added: 0 });
    expect(firstSeenOf(back?.findings)).toEqual({ a: 0 });
    const mended = { resources: [group("a", { owner: "x", env: "x" })], judging: judgingBy(both) };
    const [, , good] = await nights(before, dropped, mended);
    expect(good?.changes).toMatchObject({ fixed: 1, unjudged: 0 });
  });

  it("are no longer judged where that key is asked under a misspelt name, which the rest of the policy is found good by", async () => {
    const asks = (key: string) => judgingBy(`{ name: p, require: [{ key: owner }, { key: ${key} }] }`);
    const resources = [group("a", { owner: "x", enviroment: "x" })];
    const [, misspelt] = await nights({ resources, judging: asks("env") }, { resources, judging: asks("enviroment") });
    expect(misspelt?.changes).toMatchObject({ unjudged: 1, fixed: 0 });
  });

  it("follow each requirement through names, additions and removals of policies, whatever four nights found", async () => {
    const night = fc.record({
      // Under which name each is asked; undefined = not at all.
      names: fc.record({
        env: fc.constantFrom<string | undefined>("all", "env-1", "env-2"),
        owner: fc.constantFrom<string | undefined>("all", "owner-1", "owner-2", undefined),
        team: fc.constantFrom<string | undefined>("all", "team-1", undefined),
      }),
      lacking: fc.subarray([...KEYS]),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(night, { minLength: 2, maxLength: 4 }), async (all) => {
        const answers = await nights(
          ...all.map(({ names, lacking }) => ({
            resources: [
              group("a", Object.fromEntries(KEYS.filter((key) => !lacking.includes(key)).map((key) => [key, "x"]))),
            ],
            judging: judgingBy(
              ...[...Map.groupBy(KEYS, (key) => names[key])].flatMap(([name, keys]) =>
                name === undefined
                  ? []
                  : [`{ name: ${name}, require: [${keys.map((key) => `{ key: ${key} }`).join(", ")}] }`],
              ),
            ),
          })),
        );
        let held: Held = { broken: [], asked: [], isFinding: false, firstSeen: 0 };
        for (const [number, { names, lacking }] of all.entries()) {
          const asked = KEYS.filter((key) => names[key] !== undefined);
          const { counts, newlyBroken, ...next } = follow(held, { asked, lacking }, number);
          const { changes, findings = [] } = answers[number] ?? {};
          if (number > 0) {
            expect(changes).toMatchObject(counts);
            expect(findings[0]?.newlyBroken?.flatMap(({ keys }) => keys)).toEqual(newlyBroken);
          }
          expect(firstSeenOf(findings)).toEqual(next.isFinding ? { a: next.firstSeen } : {});
          held = next;
        }
      }),
      { numRuns: 60 },
    );
  });

  it("are no news where nothing but an added or tightened requirement finds them, and are open the next night", async () => {
    const asking = (...more: string[]) =>
      preparePolicies(
        compile(`
version: 1
policies:
  - { name: owned, require: [{ key: owner }] }
${more.map((line) => `  - ${line}\n`).join("")}`),
      );
    const env = "{ name: env, require: [{ key: env, values: [prod, dev] }] }";
    const resources = [group("a", { owner: "x", env: "dev" }), group("b", { owner: "x" }), group("c", { env: "prod" })];
    const worse = [...resources, group("d", { env: "prod" })];
    const before = { resources, judging: asking() };
    const statesOf = async (...next: Night[]) => {
      const answers = await nights(before, ...next);
      return answers.slice(1).map(({ changes, findings }) => ({
        counts: [changes?.new, changes?.added, changes?.open],
        states: Object.fromEntries(findings.map(({ id, state }) => [id, state])),
      }));
    };
    expect(
      await statesOf({ resources: worse, judging: asking(env) }, { resources: worse, judging: asking(env) }),
    ).toEqual([
      { counts: [1, 1, 1], states: { b: undefined, c: "open", d: "new" } },
      { counts: [0, 0, 3], states: { b: "open", c: "open", d: "open" } },
    ]);
    const tight = env.replace("prod, dev", "prod");
    const [, tightened] = await statesOf({ resources, judging: asking(env) }, { resources, judging: asking(tight) });
    expect(tightened).toEqual({ counts: [0, 1, 2], states: { a: undefined, b: "open", c: "open" } });
    const renamed = "{ name: environment, require: [{ key: env, values: [prod, dev] }] }";
    const [, asked] = await statesOf(
      { resources, judging: asking(env) },
      { resources: worse, judging: asking(renamed) },
    );
    expect(asked?.states).toEqual({ b: "open", c: "open", d: "new" });
  });

  it("are compared as ever where the run before doesn't say what it asked, as those of earlier versions don't", async () => {
    const objects = memoryObjects();
    const audit = async (night: number, text: string) => {
      const { deps, clock } = auditWorld({ resources: { alibaba: [group("a")] }, objects });
      await clock.sleep(night * DAY);
      const judging = preparePolicies(compile(`{ version: 1, policies: [{ name: p, require: [{ key: ${text} }] }] }`));
      const runs = objectRunStore(objects);
      return (await runAudit({ ...deps, runs, policies: judging, clock, out: "DIR" })).report;
    };
    const { run } = await audit(0, `env, default: x }, { key: "x"`);
    await objects.remove([flatLayout.knownRequirements(run)]);
    const second = await audit(1, "team");
    expect(second.survey?.changes).toMatchObject({ added: 0, open: 1 });
    await objects.put(flatLayout.knownRequirements(second.run), new TextEncoder().encode("{}"));
    const third = await audit(2, "owner");
    expect(third.coverage.notes.join()).toContain("does not say what earlier policies asked");
  });

  it("are compared with nothing, and the report says why, where what was kept of them is gone", async () => {
    const objects = memoryObjects();
    const audit = async (night: number) => {
      const { deps, clock } = auditWorld({ resources: { alibaba: [group("a")] }, objects });
      await clock.sleep(night * DAY);
      return (await runAudit({ ...deps, runs: objectRunStore(objects), policies, clock, out: "DIR" })).report;
    };
    const { run } = await audit(0);
    const parts = (await objects.list(`history/run=${run}/`)).filter((name) => name.includes(TYPE.split(":")[1] ?? ""));
    expect(parts).toHaveLength(1);
    await objects.remove(parts);
    const second = await audit(1);
    expect(second.coverage.notes.join()).toContain(`${parts.join()}: is gone`);
    expect(second.survey?.changes).toMatchObject({ new: 0, open: 0, gone: 0 });
  });

  it("leave no more behind than the next night needs", async () => {
    const all = await nights(...Array.from({ length: 4 }, () => ({ resources: [group("a")] })));
    const kept = (await all[3]?.objects.list("history/"))?.map((name) => name.split("/")[1]);
    expect(new Set(kept).size).toBe(2);
  });
});
