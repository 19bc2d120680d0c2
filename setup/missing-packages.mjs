// Plain JavaScript, for the same reason as install.mjs, which uses it.

/**
 * The names of the packages that the lockfile wants and that aren't there, or in another version. `forStart`: without
 * package.json's dev dependencies, which are for checks and tests. What is optional there may be missing: it is Node
 * itself, and binaries, for other systems and processors.
 *
 * @param {Readonly<Record<string, LockedPackage>>} wanted `packages` of package-lock.json
 * @param {Readonly<Record<string, LockedPackage>>} present `packages` of node_modules/.package-lock.json
 * @param {{ readonly forStart: boolean }} options
 * @returns {readonly string[]}
 *
 * @typedef {object} LockedPackage
 * @property {string} [version]
 * @property {boolean} [dev]
 * @property {boolean} [optional]
 */
export function missingPackages(wanted, present, { forStart }) {
  return Object.entries(wanted).flatMap(([path, { version, dev, optional }]) => {
    const isWanted = path !== "" && !(forStart && dev === true);
    const isThere = present[path] === undefined ? optional === true : present[path].version === version;
    return isWanted && !isThere ? [path.slice("node_modules/".length)] : [];
  });
}
