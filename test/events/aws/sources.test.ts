import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { CREATE_EVENTS } from "../../../lib/events/create-events.ts";

const document = readFileSync(new URL("../../../docs/events.md", import.meta.url), "utf8");
const section = document.split("### AWS\n")[1]?.split("\n### ")[0] ?? "";

interface Row {
  readonly call: string;
  readonly otherwise: string;
  readonly sources: string;
}

const printed: readonly Row[] = section
  .split("\n")
  .filter((line) => /^\| [a-z0-9-]+\.amazonaws\.com \|/.test(line))
  .map((line) => {
    const [, source = "", eventName = "", , , , , otherwise = "", sources = ""] = line.split("|");
    return { call: `${source.trim()} ${eventName.trim()}`, otherwise: otherwise.trim(), sources: sources.trim() };
  });
const sourcesOf = new Map(printed.map(({ call, sources }) => [call, sources]));
const ours = CREATE_EVENTS.filter(({ provider }) => provider === "aws").map((row) => ({
  ...row,
  call: `${row.source} ${row.eventName}`,
}));
const on = ours.filter(({ experimental }) => !experimental);

/** Pages and code that are named by a short name, and where that name leads. */
const defined = new Map([...section.matchAll(/^\[([^\]]+)\]: (\S+)$/gm)].map(([, name = "", url = ""]) => [name, url]));

describe("the table of AWS calls in docs/events.md", () => {
  test("holds at least 60 calls that are on", () => {
    expect(on.length).toBeGreaterThanOrEqual(60);
  });

  test("holds the calls that the table in code holds, and no other", () => {
    expect(printed.map(({ call }) => call)).toEqual(ours.map(({ call }) => call));
  });

  test("says where else the id may stand", () => {
    expect(printed.map(({ call, otherwise }) => [call, otherwise])).toEqual(
      ours.map(({ call, fallbackIdPath }) => [call, fallbackIdPath === undefined ? "" : `\`${fallbackIdPath}\``]),
    );
  });

  test("names a source for each path that is on: a record, a sample, a tool's code, or the API's page", () => {
    const named = /^(?:\[(?:record|sample|API)\]\(https:\/\/[^)]+\)|\[(?:MAP|SF|GS|C7N)\])(?:[,;] |$)/;
    expect(on.filter(({ call }) => !named.test(sourcesOf.get(call) ?? "")).map(({ call }) => call)).toEqual([]);
  });

  test("shows a record or a sample of what counts as seen there, a tool of what is in tools' tables", () => {
    const shown = on.filter(({ basis }) => basis === "verified-sample" || basis === "public-table");
    const wanted = {
      "verified-sample": /^\[(?:record|sample)\]/,
      "public-table": /^\[(?:MAP|SF|GS|C7N)\]|^\[sample\]/,
    };
    const others = shown.filter(
      ({ basis, call }) => !wanted[basis as keyof typeof wanted].test(sourcesOf.get(call) ?? ""),
    );
    expect(others.map(({ call }) => call)).toEqual([]);
  });

  test("names no source for experimental rows, which nobody has shown", () => {
    const experimental = ours.filter((row) => row.experimental);
    expect(experimental.filter(({ call }) => sourcesOf.get(call) !== "–").map(({ call }) => call)).toEqual([]);
  });

  test("says where each short name leads, and has none that it doesn't use", () => {
    const used = new Set([...section.matchAll(/\[([A-Za-z0-9]+)\](?![(:])/g)].map(([, name = ""]) => name));
    expect([...used].toSorted()).toEqual([...defined.keys()].toSorted());
    for (const url of defined.values()) expect(url).toMatch(/^https:\/\//);
  });

  test("links to the page of the call that the row is about", () => {
    const wrong = on.filter(({ call, eventName }) => {
      const page = /\/API_([A-Za-z0-9]+)\.html/.exec(sourcesOf.get(call) ?? "")?.[1];
      return page !== undefined && page !== eventName;
    });
    expect(wrong.map(({ call }) => call)).toEqual([]);
  });
});
