// Runs the checks and then the tests, with a browser for those that need one. `--coverage` measures, and leaves the checks
// out. With TAGWARDEN_TEST_REPORT=FILE it also writes the tests' counts there, for CI.
import "./end-with-parent.mjs";
import { installBrowser } from "./browser.ts";
import { runChild } from "./run-child.mjs";

const arguments_ = process.argv.slice(2);
if (!arguments_.includes("--coverage")) {
  const code = await runChild(process.execPath, ["setup/check.ts"]);
  if (code !== 0) process.exit(code);
}
installBrowser();
const report = process.env["TAGWARDEN_TEST_REPORT"];
const reporters = report ? ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`] : [];
process.exit(await runChild("node_modules/.bin/vitest", ["run", ...reporters, ...arguments_]));
