import { readFileSync } from "node:fs";

const EVERY_MS = 200;

/**
 * Calls `onExceeded` once a process holds more memory than Lambda would let it have, buffers and code included, which no
 * limit of the heap knows of. Where the system doesn't tell what a process holds, as all but Linux, nothing is watched.
 * The answer ends the watch.
 */
export function watchMemory(pid: number, memoryMb: number, onExceeded: (usedMb: number) => void): () => void {
  const timer = setInterval(() => {
    const usedMb = residentMb(pid);
    if (usedMb === undefined || usedMb <= memoryMb) return;
    clearInterval(timer);
    onExceeded(Math.ceil(usedMb));
  }, EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** https://man7.org/linux/man-pages/man5/proc_pid_status.5.html */
function residentMb(pid: number): number | undefined {
  try {
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
  } catch {
    // It has ended, or there is no such file system.
    return undefined;
  }
}
