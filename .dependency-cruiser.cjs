/** The direction of imports: functions → lambda → app → core. docs/architecture.md says why. */

/**
 * `from` imports only itself and what is allowed, of what is ours: folders, files, and the files of a folder itself
 * (`lib/core/*`).
 */
const only = (name, from, allowed) => ({
  name,
  severity: "error",
  comment: `${from} may import only ${allowed.length === 0 ? "itself" : allowed.join(", ")}`,
  from: { path: `^${from}/` },
  to: {
    path: "^(lib|functions|cli|local|test|bench|setup|examples|sim)/",
    pathNot: [from, ...allowed].map((one) =>
      one.endsWith("/*") ? `^${one.slice(0, -1)}[^/]+\\.ts$` : `^${one}(/|\\.ts$)`,
    ),
  },
});

/** Rooms of one house: each imports only itself, those beneath it, what `always` names, and what `also` gives it. */
const rooms = (house, { always, beneath, also = {} }) =>
  Object.entries(beneath).map(([room, allowed]) =>
    only(`${house.replace(/^lib\//, "")}-${room.replaceAll("/", "-")}`, `${house}/${room}`, [
      ...allowed.map((one) => `${house}/${one}`),
      ...always,
      ...(also[room] ?? []),
    ]),
  );

/** Single values of the core: files that lie in none of its rooms. */
const VALUES = "lib/core/*";

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    {
      name: "no-orphans",
      severity: "error",
      from: { orphan: true, path: "^(lib|functions|cli|local)/", pathNot: "\\.d\\.ts$" },
      to: {},
    },
    // aws-lambda is a package of types alone (@types/aws-lambda).
    {
      name: "not-to-unresolvable",
      severity: "error",
      from: {},
      to: { couldNotResolve: true, pathNot: "^aws-lambda$" },
    },
    {
      name: "product-without-dev-dependencies",
      severity: "error",
      comment: "`npm start` installs none of them",
      from: { path: "^(lib|functions|cli|local)/" },
      to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only"] },
    },
    {
      name: "product-without-local-tools",
      severity: "error",
      comment: "they are dependencies because `npm start` needs them, not the product",
      from: { path: "^(lib|functions|cli)/" },
      to: { path: "node_modules/(aws-lambda-ric|dynalite|esbuild|fauxqs|serverless|serverless-esbuild)/" },
    },
    {
      name: "core-and-events-are-pure",
      severity: "error",
      comment: "no clock, no randomness, no environment, no I/O",
      from: { path: "^lib/(core|events)/" },
      to: { dependencyTypes: ["core"] },
    },
    only("core-imports-core", "lib/core", []),
    only("events-import-core", "lib/events", ["lib/core"]),
    only("app-imports-core", "lib/app", ["lib/core", "lib/events"]),
    only("providers-import-ports", "lib/providers", ["lib/app/ports", "lib/core"]),
    only("sinks-import-ports", "lib/sinks", ["lib/app/ports", "lib/core"]),
    only("lambda-imports-inward", "lib/lambda", ["lib/app", "lib/core", "lib/events", "lib/providers", "lib/sinks"]),
    only("functions-are-wiring", "functions", ["lib/lambda", "lib/app", "lib/events"]),
    only("cli-imports-lib-and-local", "cli", ["lib", "local"]),
    only("local-imports-lib", "local", ["lib", "functions"]),
    only("simulation-imports-lib-and-local", "sim", ["lib", "local"]),

    // The rooms of the use cases. Enforcement and audits never meet; the cap is what both take their writes from.
    ...rooms("lib/app", {
      always: ["lib/core"],
      beneath: {
        ports: [],
        cloud: ["ports"],
        write: ["ports", "cloud"],
        enforce: ["ports", "cloud", "write"],
        change: ["ports", "cloud", "write"],
        audit: ["ports", "cloud", "write/cap"],
        report: ["ports", "cloud", "audit"],
        alert: ["ports", "cloud", "audit", "report"],
        "folder-audit": ["ports", "cloud", "audit", "report", "alert"],
        ingest: ["ports"],
      },
      also: {
        // The event that sends a finding to be repaired.
        audit: ["lib/events/own/resource-found"],
        // What a webhook brings names resources.
        ingest: ["lib/events/parse"],
      },
    }),
    {
      name: "app-doctor",
      severity: "error",
      comment: "what lies in no room of lib/app needs the ports alone, and to see a listing to its end",
      from: { path: "^lib/app/[^/]+\\.ts$" },
      to: { path: "^lib/", pathNot: ["^lib/(core|app/ports)/", "^lib/app/cloud/pages\\.ts$"] },
    },

    // The rooms of the core, from single values up.
    {
      name: "core-values",
      severity: "error",
      comment: "single values know none of the core's rooms",
      from: { path: "^lib/core/[^/]+\\.ts$" },
      to: { path: "^lib/core/[^/]+/" },
    },
    ...rooms("lib/core", {
      always: [VALUES],
      beneath: {
        yaml: [],
        plan: [],
        isolate: [],
        slips: ["yaml"],
        policy: ["yaml", "slips"],
        config: ["yaml", "slips", "alert/settings"],
        report: ["policy"],
        alert: ["policy", "report"],
      },
    }),
    {
      name: "evaluation-without-loader",
      severity: "error",
      comment: "policies are evaluated as they were compiled",
      from: { path: "^lib/core/policy/[^/]+\\.ts$" },
      to: { path: "^lib/core/(yaml|slips|policy/(load|pattern|lint|explain|cases))/" },
    },
    only("core-policy-pattern", "lib/core/policy/pattern", [VALUES, "lib/core/policy/compiled"]),
    {
      name: "report-without-page",
      severity: "error",
      comment: "what a report says doesn't depend on how a page shows it",
      from: { path: "^lib/core/report/[^/]+\\.ts$" },
      to: { path: "^lib/core/report/html/" },
    },
    {
      name: "functions-load-no-policies",
      severity: "error",
      comment: "functions get policies that were compiled when they were deployed",
      from: { path: "^(functions|lib/lambda)/" },
      to: { path: "^lib/core/(yaml|slips|policy/(load|pattern|lint|explain|cases))/", reachable: true },
    },

    // Each cloud's events, and each kind of store, by itself.
    ...["aws", "alibaba", "huawei", "own"].map((room) =>
      only(`events-${room}`, `lib/events/${room}`, ["lib/core", "lib/events/json", "lib/events/*"]),
    ),
    only("events-json", "lib/events/json", ["lib/core"]),
    ...["dynamo", "sqs", "objects", "chat"].map((room) =>
      only(`sinks-${room}`, `lib/sinks/${room}`, ["lib/app/ports", "lib/core"]),
    ),
    {
      name: "lambda-composes-last",
      severity: "error",
      comment: "only functions know the composition roots",
      from: { path: "^lib/lambda/", pathNot: "^lib/lambda/compose/" },
      to: { path: "^lib/lambda/compose/" },
    },

    // main → commands → work → input, output → io.
    {
      name: "cli-commands-by-main",
      severity: "error",
      comment: "commands know nothing of each other, and nothing else knows them",
      from: { path: "^cli/", pathNot: "^cli/commands\\.ts$" },
      to: { path: "^cli/commands/", pathNot: "^cli/commands/(tags/(list|write)|policy/(explain|lint|test))\\.ts$" },
    },
    only("cli-commands", "cli/commands", [
      "lib",
      "local",
      "cli/(io|command|file-error|required-options)",
      "cli/(work|input|output)",
    ]),
    only("cli-work", "cli/work", ["lib", "local", "cli/(io|file-error)", "cli/(input|output)"]),
    only("cli-input", "cli/input", ["lib", "local", "cli/(io|file-error)"]),
    only("cli-output", "cli/output", ["lib", "local", "cli/(io|file-error)"]),
    {
      name: "cli-io-is-the-ground",
      severity: "error",
      from: { path: "^cli/(io|process-io|command|file-error)\\.ts$" },
      to: { path: "^cli/[^/]+/" },
    },

    only("local-emulator", "local/emulator", ["lib/core"]),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default"],
      extensions: [".ts", ".mjs", ".js", ".json"],
    },
  },
};
