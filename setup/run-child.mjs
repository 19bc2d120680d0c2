// Plain JavaScript, for the same reason as install.mjs, which uses it.
import { spawn } from "node:child_process";
import { constants } from "node:os";

/** @type {readonly NodeJS.Signals[]} */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"];
/** @param {NodeJS.Signals} signal */
const codeOf = (signal) => 128 + constants.signals[signal];

/**
 * Runs a program to its end and gives its exit code, 1 where it can't be started. A signal to this process goes on to the
 * program, and this process ends with it.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import("node:child_process").SpawnOptions} [options] By default the program has this process's in- and output.
 * @returns {Promise<number>}
 */
export function runChild(command, args, options = {}) {
  const child = spawn(command, args, { stdio: "inherit", ...options });
  /** @type {NodeJS.Signals | undefined} */
  let told;
  /** @param {NodeJS.Signals} signal */
  const handOn = (signal) => {
    told = signal;
    // Ctrl-C goes to all programs of a terminal, and some take a second one for impatience.
    if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
  };
  for (const signal of SIGNALS) process.on(signal, handOn);
  return new Promise((resolve) => {
    child.on("error", (error) => {
      console.error(`tagwarden: ${command} can't be started: ${error.message}`);
      resolve(1);
    });
    child.on("close", (code, signal) => {
      for (const one of SIGNALS) process.removeListener(one, handOn);
      if (told !== undefined) process.exit(codeOf(told));
      resolve(signal === null ? (code ?? 1) : codeOf(signal));
    });
  });
}
