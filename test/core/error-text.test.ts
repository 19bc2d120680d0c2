import { expect, test } from "vitest";
import { errorText } from "../../lib/core/errors.ts";

test.each([
  ["a message without the code", "no answer", "Timeout: no answer"],
  ["a message that begins with the code", "Timeout: no answer", "Timeout: no answer"],
])("an error's text has its code once: %s", (_name, message, text) => {
  expect(errorText("Timeout", message)).toBe(text);
});
