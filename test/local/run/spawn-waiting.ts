import { spawn } from "node:child_process";
import { once } from "node:events";
import { pathToFileURL } from "node:url";
import { resolve } from "node:path";

/** A process that has called a function of a module with one text, and then waits to be killed. */
export async function spawnWaiting(module: string, name: string, argument: string) {
  const url = pathToFileURL(resolve(module)).href;
  const script = `const it = (await import(${JSON.stringify(url)})).${name}(${JSON.stringify(argument)});
    console.log("ready"); setInterval(() => it, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  return {
    pid: child.pid,
    async kill() {
      child.kill("SIGKILL");
      await once(child, "close");
    },
  };
}
