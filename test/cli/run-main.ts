import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { onTestFinished } from "vitest";
import { main } from "../../cli/main.ts";
import { ClosedOutput, type RawIo, type RawOutput } from "../../cli/io.ts";

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly stdin?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  readonly terminal?: boolean;
  /** How wide the terminal is. */
  readonly columns?: number;
  readonly signal?: AbortSignal;
  /** Somebody who can be asked. */
  readonly person?: NonNullable<RawIo["person"]>;
  /** The reader of stdout goes away after this many writes. */
  readonly closeAfter?: number;
}

/** As a process writes it. */
export const CLEAR_LINE = "\r\u001b[K";

function recorder(options: RunOptions): { output: RawOutput; text: () => string } {
  let text = "";
  let writes = 0;
  const write = (more: string): Promise<void> => {
    writes += 1;
    if (options.closeAfter !== undefined && writes > options.closeAfter) return Promise.reject(new ClosedOutput());
    text += more;
    return Promise.resolve();
  };
  return {
    text: () => text,
    output: {
      terminal: options.terminal ?? false,
      columns: options.columns,
      write,
      redraw: (line) => write(`${CLEAR_LINE}${line}`),
    },
  };
}

/** What a command reads and writes, kept in memory. */
export function memoryIo(options: RunOptions = {}): { io: RawIo; stdout: () => string; stderr: () => string } {
  const stdout = recorder(options);
  const { closeAfter: _closeAfter, ...rest } = options;
  const stderr = recorder(rest);
  const io: RawIo = {
    stdin: Readable.from(options.stdin === undefined ? [] : [Buffer.from(options.stdin)]),
    stdout: stdout.output,
    stderr: stderr.output,
    env: options.env ?? {},
    signal: options.signal ?? new AbortController().signal,
    ...(options.person !== undefined && { person: options.person }),
  };
  return { io, stdout: stdout.text, stderr: stderr.text };
}

/** Runs the command line in this process. */
export async function runMain(argv: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const { io, stdout, stderr } = memoryIo(options);
  const code = await main(argv, io);
  return { code, stdout: stdout(), stderr: stderr() };
}

/** A folder that is gone after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "tagwarden-cli-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A file that is gone after the test. */
export async function temporaryFile(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(await temporaryFolder(), name);
  await writeFile(path, content);
  return path;
}

export const POLICY = `version: 1
requiredTags:
  env: { values: [prod, staging, dev], default: dev }
  owner: { default: platform }
policies:
  - name: everything
    match: { types: ["*"] }
    require: [env, owner]
    mode: enforce
`;

export const GROUP = {
  type: "alibaba:apigateway:apiGroup",
  account: "111122223333",
  region: "cn-hangzhou",
  id: "g1",
  tags: { env: "prod", owner: "web" },
};

export function ndjson(values: readonly unknown[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join("");
}
