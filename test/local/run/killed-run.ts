import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import type { OutcomeRecord } from "../../../lib/app/ports/outcomes.ts";
import { resourceKey, type ResourceRef } from "../../../lib/core/resource.ts";
import { eachPair } from "../../../local/emulator/tag-pairs.ts";
import type { CloudEntry } from "../../../local/emulator/world-change.ts";

const POLL_MS = 5;

/** A `tagwarden local` of its own process. */
export interface LocalProcess {
  readonly state: string;
  readonly out: string;
  readonly resources: number;
}

export interface Ended {
  /** The process's own code, or undefined where it was killed before it ended. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the command and kills it with SIGKILL as soon as `due` says so, looked at every few milliseconds. */
export async function runUntil({ state, out, resources }: LocalProcess, due: () => boolean): Promise<Ended> {
  const command = ["cli/tagwarden.ts", "local", "--resources", String(resources), "--state", state, "--out", out];
  const child = spawn(process.execPath, [...command, "--format", "json"], { stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (text: Buffer) => (stdout += text.toString()));
  child.stderr.on("data", (text: Buffer) => (stderr += text.toString()));
  const closed = once(child, "close");
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null;
  while (isRunning() && !due()) await Promise.race([sleep(POLL_MS), closed]);
  if (isRunning()) child.kill("SIGKILL");
  await closed;
  return { code: child.exitCode ?? undefined, stdout, stderr };
}

/** Complete lines of one of the state's logs. */
export function linesOf(state: string, file: "cloud.log" | "run.log"): string[] {
  const path = join(state, file);
  return existsSync(path) ? readFileSync(path, "utf8").split("\n").slice(0, -1) : [];
}

/** What the emulated clouds hold after all that their log says, worked out here and not by the emulator. */
export interface CloudEnd {
  /** `resourceKey` → tags in the order of their keys, as JSON. */
  readonly tags: Readonly<Record<string, string>>;
  /** Writes of a tag that an earlier call had already given the same value. */
  readonly writtenTwice: readonly string[];
}

export function endOf(state: string): CloudEnd {
  const tags = new Map<string, Map<string, string>>();
  const written = new Map<string, string>();
  const writtenTwice: string[] = [];
  for (const line of linesOf(state, "cloud.log")) {
    const entry = JSON.parse(line) as CloudEntry;
    if (entry.did === "create") tags.set(keyOf(entry.resource), new Map(Object.entries(entry.resource.tags ?? {})));
    if (entry.did === "remove") tags.delete(resourceKey(entry.ref));
    if (entry.did !== "write") continue;
    const key = resourceKey(entry.ref);
    for (const [name, value] of eachPair(entry.set ?? [])) {
      if (written.get(`${key} ${name}`) === value) writtenTwice.push(`${key} ${name}`);
      written.set(`${key} ${name}`, value);
      tags.get(key)?.set(name, value);
    }
    for (const name of entry.unset ?? []) tags.get(key)?.delete(name);
  }
  const byKey = ([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number =>
    one < other ? -1 : 1;
  const shown = [...tags].sort(byKey).map(([key, pairs]) => [key, JSON.stringify([...pairs].sort(byKey))] as const);
  return { tags: Object.fromEntries(shown), writtenTwice };
}

/** Users and agencies live outside of any region, whatever region their event names. */
function keyOf(ref: ResourceRef): string {
  return resourceKey(ref.type.startsWith("huawei:iam:") ? { ...ref, region: "global" } : ref);
}

/** The outcomes that `enforce` recorded for each resource, in the order of time, read from the bucket's own file. */
export function outcomesOf(state: string): Map<string, string[]> {
  const database = new DatabaseSync(join(state, "aws", "queues", "fauxqs.db"), { readOnly: true });
  const rows = database.prepare("SELECT body FROM s3_objects WHERE key LIKE 'outcomes/%' ORDER BY key").all();
  database.close();
  const outcomes = new Map<string, string[]>();
  for (const { body } of rows) {
    const { resources } = JSON.parse(gunzipSync(body as Uint8Array).toString()) as OutcomeRecord;
    for (const resource of resources) {
      const key = resourceKey(resource satisfies ResourceRef);
      outcomes.set(key, [...(outcomes.get(key) ?? []), resource.outcome]);
    }
  }
  return outcomes;
}
