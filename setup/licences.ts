// Writes docs/licences.md; a test compares. `npm run licences`.
import { writeFileSync } from "node:fs";
import { ROOT } from "./locked-packages.ts";
import { shippedPackages } from "./shipped-packages.ts";

export async function licencesPage(): Promise<string> {
  const packages = await shippedPackages();
  const counts = [...Map.groupBy(packages, ({ license }) => license)].map(
    ([license, all]) => `${license}: ${all.length}`,
  );
  return [
    "# Licences",
    "",
    "tagwarden itself is under Apache-2.0. These packages are in what is published and deployed, as `package-lock.json` pins them; what is for development only is left out. `npm run licences` writes this page, `npm run sbom` prints a software bill of materials (CycloneDX). MPL-2.0 asks for the source of its own files alone, and they are used unchanged.",
    "",
    `${packages.length} packages. ${counts.toSorted().join(", ")}.`,
    "",
    "| package | version | licence |",
    "|---|---|---|",
    ...packages.map(({ name, version, license }) => `| ${name} | ${version} | ${license} |`),
    "",
  ].join("\n");
}

if (import.meta.main) writeFileSync(new URL("docs/licences.md", ROOT), await licencesPage());
