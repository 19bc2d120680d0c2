import { describe, expect, test } from "vitest";
import { widthOf } from "../../../cli/output/text-cell.ts";
import { GROUP, ndjson, POLICY, runMain, temporaryFile } from "../run-main.ts";
import { linesOf, onScreen } from "../screen.ts";

const ESCAPE = "\u001B";
const LONG = "n".repeat(10_240);
const NAMES = [
  ["an ARN", "arn:aws:ec2:us-east-1:444455556666:instance/i-0a111111111111111"],
  ["10 KB", LONG],
  ["10 KB of words", "word ".repeat(2_048)],
  ["10 KB of double width", "订".repeat(3_400)],
  ["right-to-left", "שלום-مرحبا".repeat(12)],
  ["combining characters", "e\u0301".repeat(90)],
  ["emoji", "🚀👩".repeat(40)],
  ["escapes", `${ESCAPE}[31mred${ESCAPE}]0;owned\u0007`.repeat(9)],
  ["what turns text round", "\u202Egnp.exe".repeat(15)],
] as const;

async function evaluateOn(columns: number, id: string, env: Readonly<Record<string, string>> = {}) {
  const policy = await temporaryFile("policy.yaml", POLICY);
  const stdin = ndjson([
    { ...GROUP, id: "short" },
    { ...GROUP, id, tags: { env: "moon" } },
  ]);
  return onScreen(["evaluate", "--policy", policy, "--resources", "-"], columns, { stdin, env });
}

describe.each([40, 80, 120, 200])("at %i columns", (columns) => {
  test.each(NAMES)("a table with a name of %s fits", async (_name, id) => {
    const lines = linesOf(await evaluateOn(columns, id));
    expect(lines.filter((line) => widthOf(line) > columns)).toEqual([]);
    expect(lines.join("\n")).toContain("short");
    expect(lines.length).toBeLessThan(80);
  });

  test("nothing of a name gets lost without a sign", async () => {
    const [whole, cut] = await Promise.all([evaluateOn(columns, "i".repeat(150)), evaluateOn(columns, LONG)]);
    expect(whole.text.match(/i{4,}|(?<=\s)i+$/gm)?.join("")).toHaveLength(150);
    expect(cut.text).toMatch(/… [\d,]+ more/);
  });
});

test("too narrow for columns, it is a block for each row", async () => {
  const lines = linesOf(await evaluateOn(40, "g2"));
  expect(lines.slice(0, 6)).toEqual([
    "compliance   compliant",
    "type         alibaba:apigateway:apiGroup",
    "account      111122223333",
    "region       cn-hangzhou",
    "id           short",
    "",
  ]);
});

test("in a pipe a row is one line, however long, and a name is whole", async () => {
  const policy = await temporaryFile("policy.yaml", POLICY);
  const stdin = ndjson([{ ...GROUP, id: LONG }]);
  const { stdout } = await runMain(["evaluate", "--policy", policy, "--resources", "-", "--format", "table"], {
    stdin,
  });
  expect(stdout.trim().split("\n")).toHaveLength(2);
  expect(stdout).toContain(LONG);
});

describe("colours", () => {
  const coloured = async (env: Readonly<Record<string, string>>) =>
    (await evaluateOn(80, "g2", env)).text.includes(`${ESCAPE}[31mnoncompliant${ESCAPE}[39m`);

  test.each<[string, Readonly<Record<string, string>>, boolean]>([
    ["a terminal that has them", { TERM: "xterm-256color" }, true],
    ["a dumb one", { TERM: "dumb" }, false],
    ["one that says nothing of itself", {}, process.platform === "win32"],
    ["NO_COLOR", { TERM: "xterm", NO_COLOR: "1" }, false],
    ["an empty NO_COLOR, which means nothing", { TERM: "xterm", NO_COLOR: "" }, true],
    ["FORCE_COLOR, which goes further", { TERM: "dumb", NO_COLOR: "1", FORCE_COLOR: "1" }, true],
    ["FORCE_COLOR=0", { TERM: "xterm", FORCE_COLOR: "0" }, false],
  ])("%s", async (_name, env, expected) => {
    expect(await coloured(env)).toBe(expected);
  });

  test.each([
    ["in front of the command", ["--no-color", "evaluate"], []],
    ["behind it", ["evaluate"], ["--no-color"]],
  ])("--no-color %s goes before everything", async (_where, first, last) => {
    const policy = await temporaryFile("policy.yaml", POLICY);
    const argv = [...first, "--policy", policy, "--resources", "-", ...last];
    const { text, code } = await onScreen(argv, 80, { stdin: ndjson([GROUP]), env: { FORCE_COLOR: "1" } });
    expect([code, text.includes(ESCAPE)]).toEqual([0, false]);
  });

  test("are no part of JSON, whatever is forced", async () => {
    const policy = await temporaryFile("policy.yaml", POLICY);
    const argv = ["evaluate", "--policy", policy, "--resources", "-"];
    const { stdout } = await runMain(argv, { stdin: ndjson([GROUP]), env: { FORCE_COLOR: "1" } });
    expect(stdout).not.toContain(ESCAPE);
  });

  test("say nothing that the words don't: without them the same stands there", async () => {
    const [with_, without] = [await evaluateOn(80, "g2", { TERM: "xterm" }), await evaluateOn(80, "g2")];
    expect(linesOf(with_)).toEqual(linesOf(without));
  });
});
