import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, onTestFinished, test } from "vitest";

/** A program that says that it runs, and what it was told. */
const LISTENING = `
  process.on("SIGTERM", () => { console.log("told"); process.exit(0); });
  setInterval(() => {}, 1000);
  console.log("runs");
`;

/** Starts a program; its output ends when all have ended that it started. */
function start(command: string, argv: readonly string[]) {
  const child = spawn(command, argv, { stdio: ["ignore", "pipe", "inherit"] });
  let stdout = "";
  child.stdout.setEncoding("utf8").on("data", (more: string) => (stdout += more));
  const allEnded = once(child.stdout, "close").then(() => "ended" as const);
  const ended = once(child, "exit");
  onTestFinished(() => void child.kill("SIGKILL"));
  return {
    kill: (signal: NodeJS.Signals) => child.kill(signal),
    async firstLine() {
      while (!stdout.includes("\n")) {
        if ((await Promise.race([once(child.stdout, "data"), allEnded])) === "ended") throw new Error("said nothing");
      }
      return stdout.slice(0, stdout.indexOf("\n"));
    },
    async ended() {
      await Promise.all([ended, allEnded]);
      return { code: child.exitCode, stdout };
    },
  };
}

// Ctrl-C reaches every program of a terminal by itself; the shell between npm and us waits where SIGINT is sent to npm alone.
test.each(["SIGTERM", "SIGHUP", "SIGKILL"] as const)(
  "%s to npm ends the command that npm has started",
  async (signal) => {
    const npm = start("npm", ["run", "-s", "tagwarden", "--", "emulate"]);
    const { control } = JSON.parse(await npm.firstLine()) as { control: string };
    expect((await fetch(`${control}/resources`)).status).toBe(200);
    npm.kill(signal);
    await npm.ended();
    await expect(fetch(`${control}/resources`)).rejects.toThrow("fetch failed");
  },
);

test("a signal to what runs a child reaches the child, and both end", async () => {
  const runner = pathToFileURL(resolve("setup/run-child.mjs")).href;
  const outer = start(process.execPath, [
    "--input-type=module",
    "--eval",
    `import { runChild } from ${JSON.stringify(runner)};
     process.exit(await runChild(process.execPath, ["--eval", ${JSON.stringify(LISTENING)}]));`,
  ]);
  expect(await outer.firstLine()).toBe("runs");
  outer.kill("SIGTERM");
  expect(await outer.ended()).toEqual({ code: 143, stdout: "runs\ntold\n" });
});

test("a program ends with the one that started it, however that ended", async () => {
  const argv = ["--import", "./setup/end-with-parent.mjs", "--eval", LISTENING];
  const outer = start(process.execPath, [
    "--eval",
    `require("node:child_process").spawn(process.execPath, ${JSON.stringify(argv)}, { stdio: "inherit" });`,
  ]);
  expect(await outer.firstLine()).toBe("runs");
  outer.kill("SIGKILL");
  expect((await outer.ended()).stdout).toBe("runs\ntold\n");
});
