import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { startFunctionPool, type PackagedLocalFunction } from "../../../local/packaged/function-pool.ts";

const folder = mkdtempSync(join(tmpdir(), "tagwarden-pool-"));
const logFile = join(folder, "f.log");
let pool: PackagedLocalFunction | undefined;

afterEach(async () => {
  await pool?.close();
  pool = undefined;
  rmSync(folder, { recursive: true, force: true });
});

interface Given {
  readonly timeoutSeconds?: number;
  readonly memoryMb?: number;
  readonly variables?: Readonly<Record<string, string>>;
}

/** A function of this code, as it would run packaged. */
async function start(code: string, { timeoutSeconds = 60, memoryMb = 128, variables = {} }: Given = {}) {
  const taskRoot = join(folder, "f");
  mkdirSync(join(taskRoot, "functions"), { recursive: true });
  writeFileSync(join(taskRoot, "functions", "f.mjs"), code);
  const description = {
    name: "f",
    handler: "functions/f.handler",
    timeoutSeconds,
    memoryMb,
    environment: {},
    queues: [],
    schedules: [],
  };
  const functionArn = "arn:aws:lambda:us-east-1:000000000000:function:tagwarden-local-f";
  pool = await startFunctionPool({ description, taskRoot, variables, logFile, functionArn });
  return pool;
}

const ALIVE = `export const handler = async (event) => ({ pid: process.pid, event });`;

it("a function is used again, one event at a time, and a second process takes what comes meanwhile", async () => {
  const f = await start(ALIVE);
  const [one, two] = (await Promise.all([f.invoke(1), f.invoke(2)])) as { pid: number; event: number }[];
  expect([one?.event, two?.event]).toEqual([1, 2]);
  expect(one?.pid).not.toBe(two?.pid);
  const three = (await f.invoke(3)) as { pid: number };
  expect([one?.pid, two?.pid]).toContain(three.pid);
  expect(f.pids()).toHaveLength(2);
});

it("a function that throws fails with what it threw, and is used again", async () => {
  const f = await start(`export const handler = async () => { throw new Error("no " + process.pid); };`);
  const before = f.pids();
  await expect(f.invoke({})).rejects.toThrow(`f: no ${before[0]}`);
  expect(f.pids()).toEqual(before);
});

it("a function whose time is over is killed, and what comes next has a fresh process", async () => {
  const code = `export const handler = async (event) => (event.hangs ? new Promise((done) => setTimeout(done, 600_000)) : process.pid);`;
  const f = await start(code, { timeoutSeconds: 1 });
  const [killed] = f.pids();
  await expect(f.invoke({ hangs: true })).rejects.toThrow("f timed out after 1 seconds");
  expect(() => process.kill(killed ?? 0, 0)).toThrow("ESRCH");
  expect(await f.invoke({})).not.toBe(killed);
});

it("a function that is busy when its time is over is killed too", async () => {
  const f = await start(`export const handler = async () => { for (;;); };`, { timeoutSeconds: 1 });
  await expect(f.invoke({})).rejects.toThrow("f timed out after 1 seconds");
});

it.runIf(process.platform === "linux")("a function whose buffers take more memory than it has is killed", async () => {
  const code = `const kept = []; export const handler = async (event) => {
    while (event.fills) { kept.push(Buffer.alloc(10_000_000, 1)); await new Promise((done) => setTimeout(done, 20)); }
    return process.pid;
  };`;
  const f = await start(code, { memoryMb: 256 });
  const [killed] = f.pids();
  await expect(f.invoke({ fills: true })).rejects.toThrow(
    /^f: its process ended: out of memory: it holds \d+ MB and has 256 MB$/,
  );
  expect(await f.invoke({})).not.toBe(killed);
});

it("a function whose heap takes more memory than it has is ended, and what comes next has a fresh process", async () => {
  const code = `export const handler = async (event) => { const kept = []; while (event.fills) kept.push(new Array(100_000).fill(event)); return process.pid; };`;
  const f = await start(code, { memoryMb: 128 });
  const [killed] = f.pids();
  await expect(f.invoke({ fills: true })).rejects.toThrow(
    /^f: its process ended: (signal SIGABRT|exit code|out of memory)/,
  );
  expect(await f.invoke({})).not.toBe(killed);
});

it("a function that ends its process fails, and what comes next has a fresh one", async () => {
  const f = await start(`export const handler = async (event) => (event.exits ? process.exit(7) : "well");`);
  await expect(f.invoke({ exits: true })).rejects.toThrow("f: its process ended: exit code 7");
  expect(await f.invoke({})).toBe("well");
});

it("a function that can't start says why at once", async () => {
  await expect(start(`throw new Error("TAGWARDEN_TABLE is missing"); ${ALIVE}`)).rejects.toThrow(
    "f: TAGWARDEN_TABLE is missing",
  );
});

it("a function without its handler says so at once", async () => {
  await expect(start("export const other = 1;")).rejects.toThrow(/^f: .*handler is undefined or not exported/);
});

it("a function has the variables of the template and of Lambda, its own folder, and nothing of ours", async () => {
  const code = `export const handler = async () => ({ cwd: process.cwd(), env: process.env });`;
  const f = await start(code, { variables: { TAGWARDEN_TABLE: "state" } });
  const { cwd, env } = (await f.invoke({})) as { cwd: string; env: Record<string, string> };
  expect(cwd).toBe(join(folder, "f"));
  expect(env).toMatchObject({ TAGWARDEN_TABLE: "state", TZ: ":UTC", AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "128" });
  const ours = Object.keys(env).filter(
    (name) => !/^(AWS_|LAMBDA_|_|PATH$|TZ$|LANG$|NODE_|TAGWARDEN_TABLE$)/.test(name),
  );
  expect(ours).toEqual([]);
});
