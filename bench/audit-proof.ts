/**
 * `node bench/audit-proof.ts [RESOURCES] [whole]`: `tagwarden emulate` and `tagwarden audit` as processes of their own, over
 * HTTP; then every resource of the emulator's own state is looked for in the evaluations, where it must stand once, with
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
import { wholeAccount, WHOLE_ACCOUNT_POLICY } from "./whole-account.ts";

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
  /** Calls that the audit's report and the emulator count alike. */
  readonly callsAgree: boolean;
  readonly seconds: number;
  readonly peakMb: number;
}

async function* linesOf(file: string): AsyncGenerator<string> {
  const unpacked = Readable.from([await readFile(file)]).pipe(createGunzip());
  yield* createInterface({ input: unpacked, crlfDelay: Infinity });
}

/** What is audited: resources of all rows of the providers, or everything in one account of Alibaba Cloud. */
interface Estate {
  readonly resources: (count: number) => Iterable<EmulatedResource>;
  readonly policy: string;
  readonly types?: readonly string[];
}

const MIXED: Estate = { resources: estate, policy: POLICY };
const WHOLE: Estate = { resources: wholeAccount, policy: WHOLE_ACCOUNT_POLICY, types: ["alibaba:*"] };

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
  const answer = await fetch(`${control}/resources`, { headers: { accept: "application/x-ndjson" } });
  if (answer.body === null) throw new Error("the emulator shows nothing");
  for await (const line of createInterface({ input: Readable.fromWeb(answer.body as never) })) {
    const { tags = {}, ...ref } = JSON.parse(line) as EmulatedResource;
    const resource = { ...ref, tags: tagsFromObject(tags) };
    expected.set(resourceKey(resource), policies.evaluate(resource, at).compliance);
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
  return counts;
}

/** Leaves the account that these types are of, and names them there. */
async function nameTypes(path: string, types: readonly string[]): Promise<void> {
  const { accounts } = parse(await readFile(path, "utf8")) as { accounts: readonly { readonly provider: string }[] };
  const own = accounts.filter(({ provider }) => types.some((type) => type.startsWith(`${provider}:`)));
  await writeFile(path, stringify({ accounts: own.map((account) => ({ ...account, types })) }));
}

/** Audits `count` emulated resources through the command line and holds the evaluations against what exists. */
async function proveAudit(count: number, { resources, policy, types }: Estate): Promise<AuditProof> {
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
    if (types !== undefined) await nameTypes(join(folder, "config.yaml"), types);
    const { text, seconds, peakMb } = await audit(folder);
    const { calls } = JSON.parse(text) as Pick<AuditProof, "calls">;
    const served: unknown = await (await fetch(`${control}/calls`)).json();
    return {
      ...(await compare(control, join(folder, "out", "evaluations"), policy)),
      calls,
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
  const proof = await proveAudit(Number(process.argv[2] ?? 100_000), process.argv[3] === "whole" ? WHOLE : MIXED);
  process.stdout.write(`${JSON.stringify(proof)}\n`);
  if (proof.evaluatedOnce !== proof.resources || proof.invented + proof.twice > 0 || !proof.callsAgree)
    process.exitCode = 1;
}
