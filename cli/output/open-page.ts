import { spawn } from "node:child_process";
import { once } from "node:events";
import { InputError } from "../../lib/core/errors.ts";
import type { Io } from "../io.ts";

/** The program that opens a file with what the desktop has for it, and its arguments. Undefined where there is no desktop. */
function openerFor(path: string, platform: NodeJS.Platform, env: Io["env"]): readonly string[] | undefined {
  if (platform === "darwin") return ["open", path];
  // `start` takes a first word in quotes for the title of a window.
  if (platform === "win32") return ["cmd", "/c", "start", '""', path];
  const hasDisplay = (env["DISPLAY"] ?? "") !== "" || (env["WAYLAND_DISPLAY"] ?? "") !== "";
  return hasDisplay ? ["xdg-open", path] : undefined;
}

/** Shows a page in the browser, and doesn't wait for it to be closed. Throws InputError, with the page's path, where that can't be. */
export async function openPage(path: string, { env }: Pick<Io, "env">, platform = process.platform): Promise<void> {
  const opener = openerFor(path, platform, env);
  if (opener === undefined) throw new InputError(`--open: there is no display here; open ${path} in a browser`);
  const [program = "", ...words] = opener;
  const child = spawn(program, words, { stdio: "ignore", detached: true, env });
  try {
    await once(child, "spawn");
  } catch (error) {
    throw new InputError(`--open: ${program} can't be started; open ${path} in a browser`, { cause: error });
  }
  child.unref();
}
