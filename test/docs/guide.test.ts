import { readFileSync, writeFileSync } from "node:fs";
import { chdir, cwd } from "node:process";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { runMain, temporaryFolder } from "../cli/run-main.ts";

const PAGE = "docs/guide.md";

/** A file that a block of the page is, by the name in its first line. */
const FILE = /^(?:#|\/\/) (\S+\.(?:yaml|ndjson))\n/;

/** What a command prints in the folder, results first. */
async function printed(line: string): Promise<string> {
  const { stdout, stderr } = await runMain(line.split(" ").slice(1));
  const text = [stdout, stderr].map((one) => one.trim()).filter((one) => one !== "");
  return `$ ${line}\n${text.map((one) => `${one}\n`).join("")}`;
}

test("the guide's commands print what it says, one after the other, in a folder with its files", async () => {
  const home = cwd();
  const page = readFileSync(PAGE, "utf8");
  const folder = await temporaryFolder();
  onTestFinished(() => chdir(home));
  chdir(folder);
  let ran = "";
  let commands = 0;
  for (const part of page.split(/(^```(?:text|yaml|json)\n.*?^```$)/ms)) {
    const [, kind, body = ""] = /^```(text|yaml|json)\n(.*)^```$/ms.exec(part) ?? [];
    const [first = "", name] = FILE.exec(body) ?? [];
    if (name !== undefined) writeFileSync(join(folder, name), body.slice(first.length));
    if (kind !== "text") {
      ran += part;
      continue;
    }
    const lines = [...body.matchAll(/^\$ (tagwarden .*)$/gm)].map(([, line = ""]) => line);
    commands += lines.length;
    const texts: string[] = [];
    for (const line of lines) texts.push(await printed(line));
    ran += `\`\`\`text\n${texts.join("\n")}\`\`\``;
  }
  chdir(home);
  expect(commands).toBeGreaterThan(8);
  await expect(ran).toMatchFileSnapshot(join(home, PAGE));
});
