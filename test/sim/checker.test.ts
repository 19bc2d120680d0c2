import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";
import { mutants } from "../../sim/mutant-list.ts";

const root = join(import.meta.dirname, "..", "..");
const files = [...new Set(mutants.map(({ file }) => join(root, file)))];

test.each(mutants.map(({ name, file, find }) => [name, file, find] as const))(
  "the mutant still applies: %s",
  (_, file, find) => {
    expect(readFileSync(join(root, file), "utf8").split(find).length - 1).toBe(1);
  },
);

// One that names a variable that is gone throws at once, which isn't the fault that it stands for.
test("each mutant is code that the compiler takes", () => {
  const mutated = new Map<string, { text: string; version: number }>();
  const options = compilerOptions();
  const service = ts.createLanguageService({
    ...ts.sys,
    useCaseSensitiveFileNames: () => ts.sys.useCaseSensitiveFileNames,
    getScriptFileNames: () => files,
    getScriptVersion: (file) => String(mutated.get(file)?.version ?? 0),
    getScriptSnapshot(file) {
      const text = mutated.get(file)?.text ?? ts.sys.readFile(file);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => root,
    getCompilationSettings: () => options,
    getDefaultLibFileName: (chosen) => ts.getDefaultLibFilePath(chosen),
  });
  const wrong = mutants.flatMap(({ name, file: path, find, replace }, place) => {
    const file = join(root, path);
    const text = readFileSync(file, "utf8");
    mutated.set(file, { text: text.replace(find, () => replace), version: 2 * place + 1 });
    const messages = [...service.getSyntacticDiagnostics(file), ...service.getSemanticDiagnostics(file)].map(
      ({ messageText }) => `${name}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`,
    );
    mutated.set(file, { text, version: 2 * place + 2 });
    return messages;
  });
  expect(wrong).toEqual([]);
});

/** Those of the project, but a mutant may leave a name unused. */
function compilerOptions(): ts.CompilerOptions {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), (file) => ts.sys.readFile(file));
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  return { ...options, noUnusedLocals: false, noUnusedParameters: false };
}
