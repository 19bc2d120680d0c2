import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { licencesPage } from "../../setup/licences.ts";
import { billOfMaterials } from "../../setup/sbom.ts";

const page = readFileSync("docs/licences.md", "utf8");
const { dependencies } = JSON.parse(readFileSync("package.json", "utf8")) as { dependencies: Record<string, string> };

describe("docs/licences.md", () => {
  test("is what is published and deployed; `npm run licences` writes it anew", async () => {
    expect(page).toBe(await licencesPage());
  });

  test("names no licence that forbids to ship the product under Apache-2.0, and none that is unknown", () => {
    const licences = [...page.matchAll(/^\| [^|]+ \| [^|]+ \| ([^|]+) \|$/gm)].map(([, licence = ""]) => licence);
    const allowed = new Set([
      "MIT",
      "MIT-0",
      "ISC",
      "Apache-2.0",
      "BSD-2-Clause",
      "BSD-3-Clause",
      "0BSD",
      "MPL-2.0",
      "licence",
    ]);
    expect(licences.filter((licence) => !allowed.has(licence))).toEqual([]);
  });
});

describe("the bill of materials", () => {
  test("names every dependency with its version, but for those that package and run functions in a checkout", async () => {
    const { bomFormat, components } = JSON.parse(await billOfMaterials()) as {
      bomFormat: string;
      components: readonly { purl: string; hashes: readonly { content: string }[] }[];
    };
    expect(bomFormat).toBe("CycloneDX");
    const named = new Set(components.map(({ purl }) => decodeURIComponent(purl.split("?")[0] ?? "")));
    const missing = Object.entries(dependencies).flatMap(([name, version]) =>
      named.has(`pkg:npm/${name}@${version}`) ? [] : [name],
    );
    expect(missing).toEqual(["aws-lambda-ric", "esbuild", "serverless", "serverless-esbuild"]);
    for (const { purl, hashes } of components) expect(hashes[0]?.content, purl).toMatch(/^[0-9a-f]{128}$/);
    expect([...named].filter((purl) => /^pkg:npm\/(vitest|osls)@/.test(purl))).toEqual([]);
  });
});
