#!/usr/bin/env -S node --max-semi-space-size=16
import { main } from "./main.ts";
import { processIo } from "./process-io.ts";

const code = await main(process.argv.slice(2), processIo());
// All output has been handed on by now; idle connections must not hold the process back.
process.exit(code);
