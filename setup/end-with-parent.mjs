// Ends this process when the one that started it has gone, or the one above. npm starts a script by way of a shell and
// hands a signal to that shell alone, or to nobody; the shell goes, or stays, and the script works on for nobody. So the
// script takes it for the signal that npm is no longer there. `node --import ./setup/end-with-parent.mjs …`. Plain
// JavaScript, for the same reason as install.mjs. Only Linux tells who is above the parent, and on Windows a process keeps
// the number of a parent that has gone.
import { readFileSync } from "node:fs";
import { isMainThread } from "node:worker_threads";

const LOOK_EVERY_MS = 200;

/** The parent, and where the system tells, its own. */
function ancestors() {
  const parent = process.ppid;
  try {
    // The name of the program, in brackets, may hold anything.
    const [, , above] = readFileSync(`/proc/${parent}/stat`, "utf8").replace(/^.*\)/s, ")").split(" ");
    return `${parent} ${above}`;
  } catch {
    return `${parent}`;
  }
}

if (isMainThread) {
  const atStart = ancestors();
  const look = setInterval(() => {
    if (ancestors() === atStart) return;
    clearInterval(look);
    process.kill(process.pid, "SIGTERM");
  }, LOOK_EVERY_MS);
  look.unref();
}
