/**
 * `node bench/audit-proof.ts [RESOURCES] [alibaba | huawei | clouds]`: `tagwarden emulate` and `tagwarden audit` as
 * processes of their own, over HTTP, of what the providers' own rows serve, of everything in an account of one cloud, or of
 * all of that on three clouds; then every resource of the emulator's own state is looked for in the evaluations, where it must stand once, with
 * what the policies say of its tags. Prints one JSON line; exits with 1 where one is missing, twice, invented or wrong.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { isDeepStrictEqual } from "node:util";
import { createGunzip } from "node:zlib";
import { parse, stringify } from "yaml";
import type { Evaluation } from "../lib/core/evaluation.ts";
import { resourceKey, tagsFromObject } from "../lib/core/resource.ts";
import type { EmulatedResource } from "../local/emulator/emulated-resource.ts";
import type { EmulatorDescription } from "../local/emulator/description.ts";
import { estate, estatePolicies, POLICY } from "./audit-estate.ts";
import { peakMb as peakMbOf } from "./process-cost.ts";
import { threeClouds, wholeAccount, WHOLE_ACCOUNT_POLICY } from "./whole-account.ts";

const ENTRY = join(import.meta.dirname, "..", "cli", "tagwarden.ts");
/** What `tagwarden audit` runs with by its own first line. */
const FLAGS = ["--max-semi-space-size=16"];
const DATE = "2026-11-22";

/** How the evaluations of a run compare with what exists. */
export interface AuditProof {
  readonly resources: number;
  readonly evaluatedOnce: number;
  readonly missing: number;
  readonly twice: number;
  readonly invented: number;
  /** Another compliance than the policies say. */
  readonly wrong: number;
  readonly calls: Readonly<Record<string, number>>;
  /** By cloud. */
  readonly callsPer1000: Readonly<Record<string, number>>;
  /** Calls that the audit's report and the emulator count alike. */
  readonly callsAgree: boolean;
  readonly seconds: number;
  readonly peakMb: number;
}

async function* linesOf(file: string): AsyncGenerator<string> {
  const unpacked = Readable.from([await readFile(file)]).pipe(createGunzip());
  yield* createInterface({ input: unpacked, crlfDelay: Infinity });
}

/** What is audited. */
interface Estate {
  readonly resources: (count: number) => Iterable<EmulatedResource>;
  readonly policy: string;
  /** Clouds whose accounts name all of their types. */
  readonly whole: readonly string[];
  /** Clouds that are audited; absent = all. */
  readonly only?: readonly string[];
}

const ofOne = (cloud: "alibaba" | "huawei"): Estate => ({
  resources: (count) => wholeAccount(count, cloud),
  policy: WHOLE_ACCOUNT_POLICY,
  whole: [cloud],
  only: [cloud],
});
const MIXED: Estate = { resources: estate, policy: POLICY, whole: [] };
const ESTATES: ReadonlyMap<string, Estate> = new Map([
  ["alibaba", ofOne("alibaba")],
  ["huawei", ofOne("huawei")],
  ["clouds", { resources: threeClouds, policy: WHOLE_ACCOUNT_POLICY, whole: ["alibaba", "huawei"] }],
]);

async function writeEstate(path: string, resources: Iterable<EmulatedResource>): Promise<void> {
  const lines = function* () {
    for (const resource of resources) yield `${JSON.stringify(resource)}\n`;
  };
  await pipeline(Readable.from(lines()), createWriteStream(path));
}

/** Runs the audit against the emulator; answers what it printed, and its peak. */
async function audit(folder: string): Promise<{ text: string; seconds: number; peakMb: number }> {
  const [policy, config, out] = ["policy.yaml", "config.yaml", "out"].map((name) => join(folder, name));
  const argv = ["audit", "--policy", policy ?? "", "--config", config ?? "", "--out", out ?? "", "--at", DATE];
  const child = spawn(process.execPath, [...FLAGS, ENTRY, ...argv, "--format", "json"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  child.stdout.on("data", (more: Buffer) => (text += more.toString()));
  const startedAt = performance.now();
  let peakMb = 0;
  const look = setInterval(() => void peakMbOf(child.pid).then((mb) => (peakMb = Math.max(peakMb, mb))), 200);
  await once(child, "close");
  clearInterval(look);
  if (child.exitCode !== 1) throw new Error(`tagwarden audit ended with ${child.exitCode}`);
  return { text, seconds: (performance.now() - startedAt) / 1000, peakMb };
}

/** Ticks off each resource that the emulator has, and counts what doesn't match. */
async function compare(control: string, evaluations: string, policy: string) {
  const policies = estatePolicies(policy);
  const at = Date.parse(DATE);
  const expected = new Map<string, string>();
  const counted = new Map<string, number>();
  const answer = await fetch(`${control}/resources`, { headers: { accept: "application/x-ndjson" } });
  if (answer.body === null) throw new Error("the emulator shows nothing");
  for await (const line of createInterface({ input: Readable.fromWeb(answer.body as never) })) {
    const { tags = {}, ...ref } = JSON.parse(line) as EmulatedResource;
    const resource = { ...ref, tags: tagsFromObject(tags) };
    expected.set(resourceKey(resource), policies.evaluate(resource, at).compliance);
    const cloud = resource.type.slice(0, resource.type.indexOf(":"));
    counted.set(cloud, (counted.get(cloud) ?? 0) + 1);
  }
  const counts = { resources: expected.size, evaluatedOnce: 0, missing: 0, twice: 0, invented: 0, wrong: 0 };
  const SEEN = "seen";
  for (const name of await readdir(evaluations)) {
    for await (const line of linesOf(join(evaluations, name))) {
      const evaluation = JSON.parse(line) as Evaluation;
      const key = resourceKey(evaluation);
      const compliance = expected.get(key);
      if (compliance === undefined) counts.invented += 1;
      else if (compliance === SEEN) counts.twice += 1;
      else if (compliance !== evaluation.compliance) counts.wrong += 1;
      else counts.evaluatedOnce += 1;
      if (compliance !== undefined) expected.set(key, SEEN);
    }
  }
  for (const compliance of expected.values()) if (compliance !== SEEN) counts.missing += 1;
  return { ...counts, counted };
}

/** Leaves the clouds that are audited, and names all types where that is asked for. */
async function nameTypes(path: string, { whole, only }: Estate): Promise<void> {
  const { accounts } = parse(await readFile(path, "utf8")) as { accounts: readonly { readonly provider: string }[] };
  const own = accounts.filter(({ provider }) => only?.includes(provider) !== false);
  const named = own.map((one) => ({ ...one, ...(whole.includes(one.provider) && { types: [`${one.provider}:*`] }) }));
  await writeFile(path, stringify({ accounts: named }));
}

/** By cloud: calls for 1,000 of its resources. */
function per1000(calls: AuditProof["calls"], counted: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries(
    Array.from(counted, ([cloud, resources]) => {
      const own = Object.entries(calls).filter(([action]) => action.startsWith(`${cloud}:`));
      return [cloud, (own.reduce((sum, [, count]) => sum + count, 0) / resources) * 1000];
    }),
  );
}

/** Audits `count` emulated resources through the command line and holds the evaluations against what exists. */
async function proveAudit(count: number, audited: Estate): Promise<AuditProof> {
  const { resources, policy } = audited;
  const folder = await mkdtemp(join(tmpdir(), "tagwarden-audit-proof-"));
  const from = join(folder, "resources.ndjson");
  await writeEstate(from, resources(count));
  await writeFile(join(folder, "policy.yaml"), policy);
  const emulator = spawn(
    process.execPath,
    ["--max-old-space-size=8000", ENTRY, "emulate", "--from", from, "--write-config", join(folder, "config.yaml")],
    { stdio: ["ignore", "pipe", "ignore"] },
  );
  try {
    const [first] = (await once(createInterface({ input: emulator.stdout }), "line")) as [string];
    const { control } = JSON.parse(first) as EmulatorDescription;
    await nameTypes(join(folder, "config.yaml"), audited);
    const { text, seconds, peakMb } = await audit(folder);
    const { calls } = JSON.parse(text) as Pick<AuditProof, "calls">;
    const served: unknown = await (await fetch(`${control}/calls`)).json();
    const { counted, ...counts } = await compare(control, join(folder, "out", "evaluations"), policy);
    return {
      ...counts,
      calls,
      callsPer1000: per1000(calls, counted),
      callsAgree: isDeepStrictEqual(calls, served),
      seconds,
      peakMb,
    };
  } finally {
    emulator.kill();
    await once(emulator, "close");
    await rm(folder, { recursive: true });
  }
}

if (process.argv[1] === import.meta.filename) {
  const [, , count = 100_000, name = ""] = process.argv;
  const proof = await proveAudit(Number(count), ESTATES.get(name) ?? MIXED);
  process.stdout.write(`${JSON.stringify(proof)}\n`);
  if (proof.evaluatedOnce !== proof.resources || proof.invented + proof.twice > 0 || !proof.callsAgree)
    process.exitCode = 1;
}
