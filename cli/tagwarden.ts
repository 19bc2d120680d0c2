#!/usr/bin/env -S node --max-semi-space-size=16
// An older Node would end with a stack of what it doesn't know, so nothing else is loaded before this.
const found = process.versions.node;
if (Number(found.split(".")[0]) < 24) {
  console.error(`tagwarden: needs Node 24 or newer, and this is ${found}; install one from https://nodejs.org/`);
  process.exit(2);
}

const { main } = await import("./main.ts");
const { processIo } = await import("./process-io.ts");
const code = await main(process.argv.slice(2), processIo());
// All output has been handed on by now; idle connections must not hold the process back.
process.exit(code);
