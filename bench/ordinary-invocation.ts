import { spawn } from "node:child_process";
import { existsSync, statSync, symlinkSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import type { Invoked, InvokeTask } from "./invoke-child.ts";
import type { OrdinaryWorld } from "./ordinary-world.ts";

/** What enforce has loaded of its package. */
export interface OrdinaryInvocation {
  /** Before the batch came. */
  readonly atStart: number;
  /** When all of it was tagged. */
  readonly inTheEnd: number;
  /** Name and size of each file, in the order in which they were loaded. */
  readonly files: readonly (readonly [name: string, bytes: number])[];
}

/**
 * Gives an enforce function that was bundled into a folder of its own one batch, in a process of its own as a cold start
 * has, and answers what it loaded of its package for that. Throws where the batch was not tagged as a whole.
 */
export async function ordinaryInvocation(
  path: string,
  world: OrdinaryWorld,
  options: Parameters<OrdinaryWorld["batch"]>[0] = {},
): Promise<OrdinaryInvocation> {
  const task: InvokeTask = { path: resolve(path), event: world.batch(options) };
  bringTheSdk(join(dirname(task.path), ".."));
  const child = spawn(process.execPath, [join(import.meta.dirname, "invoke-child.ts")], {
    env: { PATH: process.env["PATH"], ...world.environmentOf("enforce") },
    stdio: ["pipe", "pipe", "inherit"],
  });
  child.stdin.end(JSON.stringify(task));
  const lines = (await text(child.stdout)).trim().split("\n");
  const { answer, atStart, inTheEnd } = JSON.parse(lines.at(-1) ?? "") as Invoked;
  if (!world.isTagged()) throw new Error(`the batch was not tagged: ${JSON.stringify(answer)}`);
  const files = inTheEnd.map((file) => [basename(file), statSync(file).size] as const);
  const bytes = files.map(([, size]) => size);
  return { atStart: sum(bytes.slice(0, atStart.length)), inTheEnd: sum(bytes), files };
}

/** The AWS SDK is no part of a package: Lambda has it outside. */
function bringTheSdk(folder: string): void {
  const modules = join(folder, "node_modules");
  if (!existsSync(modules)) symlinkSync(resolve("node_modules"), modules);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((one, other) => one + other, 0);
}
