import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Whether this is what npm installs (`npm run package`): bundles in `dist`. In a checkout Node runs the sources. */
export const isPublished = !import.meta.url.endsWith(".ts");

/** The folder of package.json: the checkout, or where npm has put the package. */
export const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** The file of a function, from its path in serverless.yml without an extension. */
export function functionFile(root: string, path: string): string {
  return isPublished ? join(root, "dist", `${path}.js`) : join(root, `${path}.ts`);
}
