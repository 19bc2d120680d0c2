import { readFileSync } from "node:fs";

/** The project's folder, with a slash at its end. */
export const ROOT = new URL("../", import.meta.url);

/** A package as the lockfile pins it. */
export interface LockedPackage {
  /** Where npm puts it: `node_modules/a` or `node_modules/a/node_modules/b`. */
  readonly path: string;
  readonly name: string;
  readonly version: string;
  /** SPDX. */
  readonly license: string;
  /** Subresource integrity, e.g. `sha512-…`. */
  readonly integrity: string;
  /** It brings or builds a binary. */
  readonly hasInstallScript: boolean;
}

/** A package's entry in the lockfile. */
export interface LockEntry extends Partial<Omit<LockedPackage, "path">> {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly dev?: boolean;
  readonly optional?: boolean;
}

/** The lockfile's entries by path. */
export function readLock(): ReadonlyMap<string, LockEntry> {
  const { packages } = JSON.parse(readFileSync(new URL("package-lock.json", ROOT), "utf8")) as {
    readonly packages: Readonly<Record<string, LockEntry>>;
  };
  return new Map(Object.entries(packages).filter(([path]) => path !== ""));
}

/** All packages of the lockfile, in the order of their paths. */
export function lockedPackages(): readonly LockedPackage[] {
  return Array.from(readLock(), ([path, { name, version, license, integrity, hasInstallScript }]) => ({
    path,
    // It has a name of its own there where it is installed under another one.
    name: name ?? path.slice(path.lastIndexOf(FOLDER) + FOLDER.length),
    version: version ?? "",
    license: license ?? "unknown",
    integrity: integrity ?? "",
    hasInstallScript: hasInstallScript ?? false,
  }));
}

const FOLDER = "node_modules/";

/** The entries of a package and of all that it needs, by path, found as Node finds them. Throws where one is missing. */
export function closureOf(path: string, lock: ReadonlyMap<string, LockEntry>): ReadonlyMap<string, LockEntry> {
  const found = new Map<string, LockEntry>();
  const visit = (at: string): void => {
    const entry = lock.get(at);
    if (entry === undefined) throw new Error(`package-lock.json: has no ${at}`);
    if (found.has(at)) return;
    found.set(at, entry);
    for (const name of Object.keys(entry.dependencies ?? {})) visit(resolveFrom(at, name, lock));
  };
  visit(path);
  return found;
}

/** The innermost `node_modules` that has the package. */
function resolveFrom(path: string, name: string, lock: ReadonlyMap<string, LockEntry>): string {
  for (let folder = path; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf(`/${FOLDER}`)))) {
    const inside = folder === "" ? `${FOLDER}${name}` : `${folder}/${FOLDER}${name}`;
    if (lock.has(inside) || folder === "") return inside;
  }
}
