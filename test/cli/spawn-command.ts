import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

const ENTRY = fileURLToPath(new URL("../../cli/tagwarden.ts", import.meta.url));

export interface SpawnedCommand {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  /** All of stdout so far. */
  stdout(): string;
  stderr(): string;
  /** Resolves with the exit code. */
  ended(): Promise<number | null>;
  /** Resolves when a whole line stands on stdout; rejects, with stderr, where the command ends before. */
  firstLine(): Promise<string>;
  /** Resolves with all of stderr when this stands there, or the command has ended. */
  stderrUntil(wanted: string): Promise<string>;
}

/** Starts the real command; it is ended with the test. */
export function spawnCommand(argv: readonly string[], env: NodeJS.ProcessEnv = {}): SpawnedCommand {
  const child = spawn(process.execPath, [ENTRY, ...argv], {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
  const text = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (more: string) => (text.stdout += more));
  child.stderr.setEncoding("utf8").on("data", (more: string) => (text.stderr += more));
  const closed = once(child, "close");
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
    await closed;
  });
  /** Waits for more output until this is so, or nothing more can come. */
  const until = async (isSo: () => boolean, output: Readable): Promise<void> => {
    while (!isSo() && !output.readableEnded) await Promise.race([once(output, "data"), closed]);
  };
  return {
    child,
    stdout: () => text.stdout,
    stderr: () => text.stderr,
    async ended() {
      await closed;
      return child.exitCode;
    },
    async firstLine() {
      await until(() => text.stdout.includes("\n"), child.stdout);
      if (!text.stdout.includes("\n")) throw new Error(`ended without a line on stdout: ${text.stderr}`);
      return text.stdout.slice(0, text.stdout.indexOf("\n"));
    },
    async stderrUntil(wanted) {
      await until(() => text.stderr.includes(wanted), child.stderr);
      return text.stderr;
    },
  };
}
