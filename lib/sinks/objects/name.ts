import { InputError } from "../../core/errors.ts";

/** Refuses a name that could mean another place than it says, e.g. one with `..` in it. */
export function checkObjectName(name: string): void {
  const segments = name.split("/");
  if (segments.some((segment) => segment === "" || segment === "." || segment === ".." || /[\\\0]/u.test(segment))) {
    throw new InputError(`object name ${JSON.stringify(name)}: needs plain segments joined by "/"`);
  }
}
