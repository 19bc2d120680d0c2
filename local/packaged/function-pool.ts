import type { LocalFunction } from "../service/function-runtime.ts";
import { startFunctionProcess, type FunctionCode, type FunctionProcess } from "./function-process.ts";

/** A function with as many processes as it has invocations at once. */
export interface PackagedLocalFunction extends LocalFunction {
  /** The processes that are alive now. */
  pids(): readonly number[];
  close(): Promise<void>;
}

/**
 * Starts a function's first process, so that what it lacks is said at once, and more when they are needed. A process
 * that is idle takes the next event; one that has died is replaced. Throws the error of the initialisation.
 */
export async function startFunctionPool(code: FunctionCode): Promise<PackagedLocalFunction> {
  const processes = new Set<FunctionProcess>([await startFunctionProcess(code)]);
  const idle = [...processes];
  let closed = false;

  const take = async (): Promise<FunctionProcess> => {
    for (let one = idle.pop(); one !== undefined; one = idle.pop()) {
      if (one.alive) return one;
      await drop(one);
    }
    if (closed) throw new Error(`${code.description.name}: stopped`);
    const started = await startFunctionProcess(code);
    processes.add(started);
    return started;
  };
  const drop = async (one: FunctionProcess): Promise<void> => {
    processes.delete(one);
    await one.close();
  };

  return {
    name: code.description.name,
    timeoutSeconds: code.description.timeoutSeconds,
    async invoke(event) {
      const one = await take();
      try {
        return await one.invoke(event);
      } finally {
        if (one.alive) idle.push(one);
        else await drop(one);
      }
    },
    pids: () => [...processes].flatMap(({ alive, pid }) => (alive && pid !== undefined ? [pid] : [])),
    async close() {
      closed = true;
      await Promise.all([...processes].map(drop));
    },
  };
}
