import type { AddCommand } from "./command.ts";

/** Every command, in the order of the help; each is loaded when it is needed, so that none waits for the others. */
export const COMMANDS: Readonly<Record<string, () => Promise<AddCommand>>> = {
  local: async () => (await import("./commands/local.ts")).addLocal,
  init: async () => (await import("./commands/init.ts")).addInit,
  evaluate: async () => (await import("./commands/evaluate.ts")).addEvaluate,
  plan: async () => (await import("./commands/plan.ts")).addPlan,
  enforce: async () => (await import("./commands/enforce.ts")).addEnforce,
  undo: async () => (await import("./commands/undo.ts")).addUndo,
  audit: async () => (await import("./commands/audit.ts")).addAudit,
  alerts: async () => (await import("./commands/alerts.ts")).addAlerts,
  report: async () => (await import("./commands/report.ts")).addReport,
  events: async () => (await import("./commands/events.ts")).addEvents,
  tags: async () => (await import("./commands/tags/tags.ts")).addTags,
  policy: async () => (await import("./commands/policy/policy.ts")).addPolicy,
  "run-state": async () => (await import("./commands/run-state.ts")).addRunState,
  doctor: async () => (await import("./commands/doctor.ts")).addDoctor,
  config: async () => (await import("./commands/config.ts")).addConfig,
  permissions: async () => (await import("./commands/permissions.ts")).addPermissions,
  dlq: async () => (await import("./commands/dlq.ts")).addDlq,
  stack: async () => (await import("./commands/stack.ts")).addStack,
  emulate: async () => (await import("./commands/emulate.ts")).addEmulate,
  completion: async () => (await import("./commands/completion.ts")).addCompletion,
};
