import { bundleCommand } from "./bundle-command.ts";
import { closureOf, lockedPackages, readLock, type LockedPackage } from "./locked-packages.ts";

/**
 * The packages that whoever installs tagwarden gets: those in the bundle, which holds the functions too, and those that
 * npm installs beside it. Each version once, in the order of their names.
 */
export async function shippedPackages(): Promise<readonly LockedPackage[]> {
  const { bundled, needed } = await bundleCommand();
  const lock = readLock();
  const beside = new Set(needed.flatMap(({ path }) => [...closureOf(path, lock).keys()]));
  const shipped = [...bundled, ...lockedPackages().filter(({ path }) => beside.has(path))];
  const byVersion = new Map(shipped.map((one) => [`${one.name} ${one.version}`, one]));
  return [...byVersion].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, each]) => each);
}
