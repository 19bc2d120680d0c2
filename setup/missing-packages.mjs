// Plain JavaScript, for the same reason as install.mjs, which uses it.

/**
 * The names of the packages that the lockfile wants and that aren't there, or in another version. package.json knows three
 * sets: dependencies are the product, optional ones are what `npm start` takes besides, and dev ones are for checks and
 * tests, which `forStart` leaves out.
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
 * @property {readonly string[]} [os]
 * @property {readonly string[]} [cpu]
 * @property {Readonly<Record<string, string>>} [optionalDependencies]
 */
export function missingPackages(wanted, present, { forStart }) {
  const named = wanted[""]?.optionalDependencies ?? {};
  return Object.entries(wanted)
    .filter(([path, { version, dev, optional, os, cpu }]) => {
      if (path === "" || (forStart && dev === true)) return false;
      if (present[path] !== undefined) return present[path].version !== version;
      // npm leaves out what is optional where another system or processor needs it. What we name ourselves and runs
      // anywhere must be there.
      return optional !== true || (named[nameOf(path)] !== undefined && os === undefined && cpu === undefined);
    })
    .map(([path]) => nameOf(path));
}

/** @param {string} path */
function nameOf(path) {
  return path.slice("node_modules/".length);
}
