/** The direction of imports: functions → lambda → app → core. docs/architecture.md says why. */
const only = (name, from, allowed) => ({
  name,
  severity: "error",
  comment: `${from} may import only ${allowed.join(", ")}`,
  from: { path: `^${from}/` },
  to: {
    path: "^(lib|functions|cli|local|test|bench|setup|examples|sim)/",
    pathNot: `^(${[from, ...allowed].join("|")})(/|\\.ts$)`,
  },
});

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
