import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = process.cwd();
const END = "\u0001end of command";

export interface ShellResult {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A person's shell, in a folder of its own. */
export interface Shell {
  /** What a command sets is there for the next one. */
  run(command: string): Promise<ShellResult>;
  close(): Promise<void>;
}

/** `aws` asks us: AWS's own command line is not installed here. */
const AWS = `#!/usr/bin/env node
const response = await fetch(process.env.RUNBOOK_AWS, { method: "POST", body: JSON.stringify(process.argv.slice(2)) });
const { exit, stdout, stderr, file } = await response.json();
if (file !== undefined) (await import("node:fs")).writeFileSync(file.name, file.text);
process.stdout.write(Buffer.from(stdout, "base64"));
process.stderr.write(stderr);
process.exitCode = exit;
`;

/** Starts bash with `tagwarden` and `aws` on its path, and nothing of this process's environment. */
export function openShell(folder: string, env: Readonly<Record<string, string>>): Shell {
  const bin = join(folder, "bin");
  mkdirSync(bin);
  for (const [name, text] of [
    ["tagwarden", `#!/bin/sh\nexec "${process.execPath}" "${ROOT}/cli/tagwarden.ts" "$@"\n`],
    ["aws", AWS],
  ] as const) {
    writeFileSync(join(bin, name), text);
    chmodSync(join(bin, name), 0o755);
  }
  const PATH = `${bin}:${join(process.execPath, "..")}:/usr/bin:/bin`;
  const bash = spawn("bash", ["--norc", "--noprofile"], { cwd: folder, env: { ...env, PATH, HOME: folder } });
  const text = { stdout: "", stderr: "" };
  bash.stdout.setEncoding("utf8").on("data", (more: string) => (text.stdout += more));
  bash.stderr.setEncoding("utf8").on("data", (more: string) => (text.stderr += more));
  const closed = once(bash, "close");
  return {
    async run(command) {
      text.stdout = "";
      text.stderr = "";
      bash.stdin.write(`${command}\nprintf '${END} %d\\n' "$?"; echo '${END}' >&2\n`);
      const ended = () => text.stdout.includes(END) && text.stderr.includes(END);
      while (!ended()) {
        const gone = await Promise.race([closed, once(bash.stdout, "data"), once(bash.stderr, "data")]);
        if (bash.exitCode !== null) throw new Error(`the shell ended: ${text.stderr} ${String(gone)}`);
      }
      const [stdout = "", exit] = text.stdout.split(END);
      const [stderr = ""] = text.stderr.split(END);
      return { exit: Number(exit), stdout, stderr };
    },
    async close() {
      bash.stdin.end();
      await closed;
    },
  };
}
