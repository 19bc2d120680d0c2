import { z } from "zod";

/** An object without other keys. The message of an unknown key is the list of the known ones: see shape-problem.ts. */
export function strict<Shape extends z.core.$ZodShape>(shape: Shape) {
  return z.strictObject(shape, {
    error: (issue) => (issue.code === "unrecognized_keys" ? Object.keys(shape).join(" ") : undefined),
  });
}
