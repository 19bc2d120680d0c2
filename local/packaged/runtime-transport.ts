/** Loaded before AWS's runtime client, in the function's process: gives it our transport, and ends with its parent. */
import { registerHooks } from "node:module";

registerHooks({
  resolve(specifier, context, nextResolve) {
    if (!specifier.endsWith("/rapid-client.node")) return nextResolve(specifier, context);
    const { href: url } = new URL("./runtime-client.ts", import.meta.url);
    return { url, format: "module-typescript", shortCircuit: true };
  },
});

// The parent holds the other end, and the system closes it when the parent dies, whatever it dies of.
process.stdin.on("close", () => process.exit(1)).on("error", () => process.exit(1));
process.stdin.resume();
