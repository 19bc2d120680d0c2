// Writes docs/licences.md; a test compares. `npm run licences`.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { productionPackages, ROOT } from "./production-packages.ts";

export function licencesPage(): string {
  const packages = productionPackages();
  const counts = [...Map.groupBy(packages, ({ license }) => license)].map(
    ([license, all]) => `${license}: ${all.length}`,
  );
  return [
    "# Licences",
    "",
    "tagwarden itself is under Apache-2.0. The packages that it needs at run time, as `package-lock.json` pins them; what is for development only is left out. `npm run licences` writes this page, `npm run sbom` prints a software bill of materials (CycloneDX). MPL-2.0 asks for the source of its own files alone, and they are used unchanged.",
    "",
    `${packages.length} packages. ${counts.toSorted().join(", ")}.`,
    "",
    "| package | version | licence |",
    "|---|---|---|",
    ...packages.map(({ name, version, license }) => `| ${name} | ${version} | ${license} |`),
    "",
  ].join("\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(new URL("docs/licences.md", ROOT), licencesPage());
}
