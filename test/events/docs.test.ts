import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { CREATE_EVENTS } from "../../lib/events/create-events.ts";

const document = readFileSync(new URL("../../docs/events.md", import.meta.url), "utf8");

test("docs/events.md prints the table as it is", () => {
  const rows = CREATE_EVENTS.map(
    ({ source, eventName, kind, type, idPath, basis, experimental, notTaggable }) =>
      `| ${source} | ${kind === undefined ? eventName : `${eventName} of ${kind}`} | \`${type}\` | \`${idPath}\` | ${basis} | ${notTaggable ?? (experimental ? "experimental" : "on")} |`,
  );
  const printed = document
    .split("\n")
    .filter((line) =>
      /^\| (?:acs\.|[A-Za-z]+ \| (?:[cC]reate[A-Z]|submit|dds|NoSQL)|[a-z0-9-]+\.amazonaws\.com )/.test(line),
    )
    // Rows of AWS have two cells more, which test/events/aws/sources.test.ts reads.
    .map((line) => (line.includes(".amazonaws.com") ? `${line.split(" | ", 6).join(" | ")} |` : line));
  expect(printed).toEqual(rows);
});
