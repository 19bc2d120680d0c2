// Prints a software bill of materials of what is published and deployed: CycloneDX 1.5, from the lockfile, so that the
// same tree gives the same text. `npm sbom` knows neither what is in a bundle nor what only development needs.
// https://cyclonedx.org/docs/1.5/json/
import { readFileSync } from "node:fs";
import { ROOT } from "./locked-packages.ts";
import { shippedPackages } from "./shipped-packages.ts";

const { name, version } = JSON.parse(readFileSync(new URL("package.json", ROOT), "utf8")) as {
  readonly name: string;
  readonly version: string;
};

const purlOf = (packageName: string, packageVersion: string): string =>
  `pkg:npm/${packageName.replace(/^@/, "%40")}@${packageVersion}`;

export async function billOfMaterials(): Promise<string> {
  const packages = await shippedPackages();
  const bill = {
    bomFormat: "CycloneDX",
    specVersion: "1.5",
    version: 1,
    metadata: { component: { type: "application", name, version, "bom-ref": purlOf(name, version) } },
    components: packages.map((one) => ({
      type: "library",
      "bom-ref": purlOf(one.name, one.version),
      name: one.name,
      version: one.version,
      purl: purlOf(one.name, one.version),
      licenses: [{ license: { id: one.license } }],
      hashes: [
        { alg: "SHA-512", content: Buffer.from(one.integrity.replace(/^sha512-/, ""), "base64").toString("hex") },
      ],
    })),
  };
  return `${JSON.stringify(bill, undefined, 2)}\n`;
}

if (import.meta.main) process.stdout.write(await billOfMaterials());
