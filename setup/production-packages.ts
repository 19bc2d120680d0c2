import { readFileSync } from "node:fs";

/** The project's folder, with a slash at its end. */
export const ROOT = new URL("../", import.meta.url);

/** A package that the product needs at run time, as the lockfile pins it. */
export interface ProductionPackage {
  readonly name: string;
  readonly version: string;
  /** SPDX. */
  readonly license: string;
  /** Subresource integrity, e.g. `sha512-…`. */
  readonly integrity: string;
}

interface LockedPackage {
  readonly version?: string;
  readonly license?: string;
  readonly integrity?: string;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
}

/** All of them, each version once, in the order of their names. */
export function productionPackages(): readonly ProductionPackage[] {
  const lock = JSON.parse(readFileSync(new URL("package-lock.json", ROOT), "utf8")) as {
    readonly packages: Readonly<Record<string, LockedPackage>>;
  };
  const found = new Map<string, ProductionPackage>();
  for (const [path, { dev, devOptional, version = "", license = "unknown", integrity = "" }] of Object.entries(
    lock.packages,
  )) {
    if (path === "" || dev === true || devOptional === true) continue;
    const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
    found.set(`${name} ${version}`, { name, version, license, integrity });
  }
  return [...found].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, each]) => each);
}
