// Runs the tests, with a browser for those that need one; with TAGWARDEN_TEST_REPORT=FILE it also writes their counts
// there, for CI.
import { spawnSync } from "node:child_process";
import { installBrowser } from "./browser.ts";

installBrowser();
const report = process.env["TAGWARDEN_TEST_REPORT"];
const reporters = report ? ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`] : [];
const arguments_ = ["run", ...reporters, ...process.argv.slice(2)];
process.exit(spawnSync("node_modules/.bin/vitest", arguments_, { stdio: "inherit" }).status ?? 1);
