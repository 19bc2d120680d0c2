import { readFileSync } from "node:fs";

/** Whether the process with this pid lives; `began` = as `startOf` gave it, since pids are given again. */
export function isAlive(pid: number, began: string | undefined): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Somebody else's process may not be signalled, and lives.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
  const [state, start] = fieldsOf(pid);
  if (state === "Z" || state === "X") return false;
  return began === undefined || start === undefined || start === began;
}

/** When a process began, in ticks since the system did; undefined where the system doesn't say. */
export function startOf(pid: number): string | undefined {
  return fieldsOf(pid)[1];
}

/** State and start of a process: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function fieldsOf(pid: number): readonly [state?: string, start?: string] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is a name in brackets that may hold anything.
    const [state = "", ...rest] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const start = rest[18];
    return start === undefined ? [state] : [state, start];
  } catch {
    // Only Linux has this file.
    return [];
  }
}
