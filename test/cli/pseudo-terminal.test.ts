import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, onTestFinished, test } from "vitest";
import { shellText } from "../../cli/output/next-command.ts";
import { useClouds } from "./clouds/clouds.ts";

const ENTRY = fileURLToPath(new URL("../../cli/tagwarden.ts", import.meta.url));

const clouds = useClouds();

interface Terminal {
  readonly columns?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Typed as soon as anything is shown. */
  readonly typed?: string;
}

/** Runs the real command on a pseudo-terminal, which is what `script` of util-linux is for; answers all bytes that it got. */
async function onTerminal(argv: readonly string[], { columns = 80, env = {}, typed }: Terminal = {}) {
  // Without `exec` some shells stay between, and answer Ctrl-C in the command's place.
  const command = `stty cols ${columns}; exec ${shellText([process.execPath, ENTRY, ...argv])}`;
  // Node takes every terminal of a CI for one without colours.
  const { NO_COLOR: _, FORCE_COLOR: __, CI: ___, ...own } = process.env;
  const child = spawn("script", ["--quiet", "--return", "--command", command, "/dev/null"], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...own, npm_lifecycle_event: "", SHELL: "/bin/sh", TERM: "xterm-256color", ...env },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (more: string) => {
    if (text === "" && typed !== undefined) child.stdin.write(typed);
    text += more;
  });
  await once(child, "close");
  return { code: child.exitCode, text: text.replaceAll("\r\n", "\n") };
}

/** What stands there in the end: of a line that was drawn again, its last text alone. */
function shownIn(text: string): readonly string[] {
  return text.split("\n").map((line) => stripVTControlCharacters(line.slice(line.lastIndexOf("\r") + 1)).trimEnd());
}

const audit = () => ["audit", "--policy", clouds.policy, "--config", clouds.config, "--out", `${clouds.folder}/out`];

// Elsewhere `script` takes other options.
describe.runIf(process.platform === "linux")("on a pseudo-terminal", () => {
  test.each([40, 80, 120])("of %i columns, progress is gone before results, and tables fit", async (columns) => {
    const { code, text } = await onTerminal(audit(), { columns });
    expect(code).toBe(1);
    expect(text).toContain("\r");
    const lines = shownIn(text);
    expect(lines[0]).toMatch(/^6 resources, compliance 16\.6 %/);
    expect(lines.filter((line) => /audited:/.test(line))).toEqual([]);
    const copied = lines.filter((line) => !/^(?:6 resources,|report |tagwarden |To see )/.test(line));
    expect(copied.filter((line) => line.length > columns)).toEqual([]);
  });

  test.each<[string, Readonly<Record<string, string>>, boolean]>([
    ["colours are there", {}, true],
    ["NO_COLOR takes them away", { NO_COLOR: "1" }, false],
    ["a dumb terminal has none, and no progress", { TERM: "dumb" }, false],
  ])("%s", async (_, env, coloured) => {
    const { text } = await onTerminal(audit(), { env });
    expect(text.includes("\u001b[1m")).toBe(coloured);
    if (env["TERM"] === "dumb") expect(text).not.toContain("\r");
  });

  test("ctrl-c ends a command that serves, with 0", async () => {
    expect(await onTerminal(["emulate"], { typed: "\u0003" })).toMatchObject({ code: 0 });
  });

  test("ctrl-c ends a command that waits for an answer, with 130", async () => {
    clouds.emulator.setFaults([{ match: {}, effect: "delay", delayMs: 60_000 }]);
    const startedAt = Date.now();
    expect(await onTerminal(["doctor", "--config", clouds.config], { typed: "\u0003" })).toMatchObject({ code: 130 });
    expect(Date.now() - startedAt).toBeLessThan(60_000);
  });

  describe("init", () => {
    const CTRL_C = "\u0003";
    const init = (...more: readonly string[]) => ["init", "--out", `${clouds.folder}/new`, ...more];
    // eslint-disable-next-line no-control-regex
    const LOOK = /\u001b\[[0-9;]*m/;

    test.each([CTRL_C, "\u0004"])(
      "asks, and is left with %j: exit 130, and the cursor is there again",
      async (typed) => {
        const { code, text } = await onTerminal(init(), { typed });
        expect(code).toBe(130);
        expect(stripVTControlCharacters(text)).toMatch(/\?/);
        expect(shownIn(text.trimEnd()).at(-1)).toBe("tagwarden: interrupted");
        expect(text.lastIndexOf("\u001b[?25h")).toBeGreaterThan(text.lastIndexOf("\u001b[?25l"));
      },
    );

    test("asks in colours, and without them with --no-color", async () => {
      expect((await onTerminal(init(), { typed: CTRL_C })).text).toMatch(LOOK);
      const { text } = await onTerminal(init("--no-color"), { typed: CTRL_C });
      expect(text).toContain("Which clouds?");
      expect(text).not.toMatch(LOOK);
    });
  });
});
