import { RE2JS } from "re2js";
import type { CompiledPattern } from "../compiled.ts";

/** A pattern as native regular expression, or why it can't be one. */
export type PatternResult = { readonly pattern: CompiledPattern } | { readonly problem: string };

export function compilePattern(text: string): PatternResult {
  try {
    RE2JS.compile(text);
  } catch (error) {
    return { problem: `is not RE2 syntax: ${error instanceof Error ? error.message : String(error)}` };
  }
  try {
    const native = new RegExp(`^(?:${text})$`, "u");
    return { pattern: { text, source: native.source, flags: native.flags } };
  } catch (error) {
    return { problem: `can't be run natively: ${error instanceof Error ? error.message : String(error)}` };
  }
}
