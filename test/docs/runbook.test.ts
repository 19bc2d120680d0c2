import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { serveAwsCommands, type AwsCommands } from "./runbook/aws.ts";
import { startRunbookCloud, type RunbookCloud } from "./runbook/cloud.ts";
import { stepsOf } from "./runbook/page.ts";
import { openShell, type Shell, type ShellResult } from "./runbook/shell.ts";
import { difference, typed, type Names } from "./runbook/shown.ts";

const STEPS = stepsOf(readFileSync("docs/operations.md", "utf8"));
const TOLD = new Set(STEPS.flatMap((step) => (step.kind === "meanwhile" ? [step.event] : [])));

let folder: string;
let cloud: RunbookCloud;
let aws: AwsCommands;
let shell: Shell;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "tagwarden-runbook-"));
  cloud = await startRunbookCloud(folder);
  aws = await serveAwsCommands(cloud.service, cloud.stack);
  shell = openShell(folder, { ...cloud.service.aws.variables, RUNBOOK_AWS: aws.url });
});

afterAll(async () => {
  await shell.close();
  await aws.close();
  await cloud.close();
  rmSync(folder, { recursive: true, force: true });
});

describe("docs/operations.md, done by hand from top to bottom", () => {
  const names: Names = new Map();

  test.each(STEPS.map((step) => ({ step, name: step.kind === "command" ? step.command : `… ${step.event}` })))(
    "$step.line: $name",
    async ({ step }) => {
      if (step.kind === "meanwhile") await cloud.happen(step.event);
      else expect(difference(step, await shell.run(typed(step.command, names)), names)).toBeUndefined();
    },
  );

  test("tells of everything that can happen here", () => {
    expect([...TOLD].toSorted()).toEqual(cloud.events.toSorted());
  });

  test.each(["dlq list", "dlq show", "dlq redrive", "run-state", "doctor", "permissions", "undo", "tags list"])(
    "has a use for tagwarden %s",
    (command) => {
      const commands = STEPS.flatMap((step) => (step.kind === "command" ? step.command.split("\n") : []));
      expect(commands.filter((line) => line.startsWith(`tagwarden ${command} `))).not.toEqual([]);
    },
  );
});

describe("a page that says otherwise", () => {
  const PAGE = `
\`\`\`sh
tagwarden dlq list --stage dev
\`\`\`

\`\`\`text
{"letters":[…
\`\`\`
`;

  function complaint(page: string, ran: ShellResult): string | undefined {
    const [step] = stepsOf(page);
    if (step?.kind !== "command") throw new Error("the page has no command");
    return difference(step, ran, new Map());
  }

  test.each([
    ["a stage that nobody deployed", "--stage dev", "--stage prod", /tagwarden-prod-/],
    ["an option that nobody knows", "--stage", "--stages", /unknown option '--stages'/],
  ])("with %s is told so, with its line", async (_, from, to, sentence) => {
    const page = PAGE.replace(from, to);
    const said = complaint(page, await shell.run(/tagwarden .*/.exec(page)?.[0] ?? ""));
    expect(said).toMatch(/^docs\/operations\.md:3: tagwarden dlq list [^]*exited with 2 instead of 0/);
    expect(said).toMatch(sentence);
  });

  const PRINTED = { exit: 0, stdout: '{"letters":[]}\n', stderr: "0 dead letters\n" };

  test.each([
    ["of another output", "letters", "dead", /printed\n\{"letters":\[\]\}[^]*the page shows\n\{"dead"/],
    ["of another exit code", "text", "text exit=3", /exited with 0 instead of 3/],
    ["of more output", "…", "…\nand more", /the page shows[^]*and more/],
  ])("%s is told so, with its line", (_, from, to, sentence) => {
    const said = complaint(PAGE.replace(from, to), PRINTED);
    expect(said).toMatch(/^docs\/operations\.md:3: tagwarden dlq list/);
    expect(said).toMatch(sentence);
  });

  test("is the only one that is told so", () => {
    expect(complaint(PAGE, PRINTED)).toBeUndefined();
  });
});
