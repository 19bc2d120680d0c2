import { search as searchJson } from "@jmespath-community/jmespath";
import type { Search } from "./words.ts";

/** Evaluates JMESPath. A module of its own, because most policies use none and it is a sixth of a function's code. */
export const search: Search = (record, expression) =>
  // The record is parsed JSON, which is what the library takes; its own type for that isn't `unknown`.
  searchJson(record as Parameters<typeof searchJson>[0], expression);
