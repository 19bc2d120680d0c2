import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { mutants } from "../../sim/mutant-list.ts";

const root = join(import.meta.dirname, "..", "..");

test.each(mutants.map(({ name, file, find }) => [name, file, find] as const))(
  "the mutant still applies: %s",
  async (_, file, find) => {
    const text = await readFile(join(root, file), "utf8");
    expect(text.split(find).length - 1).toBe(1);
  },
);
