import type { AddCommand } from "./command.ts";

/** Every command, in the order of the help; each is loaded when it is needed, so that none waits for the others. */
export const COMMANDS: Readonly<Record<string, () => Promise<AddCommand>>> = {
  local: async () => (await import("./local.ts")).addLocal,
  init: async () => (await import("./init.ts")).addInit,
  evaluate: async () => (await import("./evaluate.ts")).addEvaluate,
  plan: async () => (await import("./plan.ts")).addPlan,
  enforce: async () => (await import("./enforce.ts")).addEnforce,
  undo: async () => (await import("./undo.ts")).addUndo,
  audit: async () => (await import("./audit.ts")).addAudit,
  alerts: async () => (await import("./alerts.ts")).addAlerts,
  report: async () => (await import("./report.ts")).addReport,
  events: async () => (await import("./events.ts")).addEvents,
  tags: async () => (await import("./tags.ts")).addTags,
  policy: async () => (await import("./policy.ts")).addPolicy,
  "run-state": async () => (await import("./run-state.ts")).addRunState,
  doctor: async () => (await import("./doctor.ts")).addDoctor,
  config: async () => (await import("./config.ts")).addConfig,
  permissions: async () => (await import("./permissions.ts")).addPermissions,
  dlq: async () => (await import("./dlq.ts")).addDlq,
  stack: async () => (await import("./stack.ts")).addStack,
  emulate: async () => (await import("./emulate.ts")).addEmulate,
  completion: async () => (await import("./completion.ts")).addCompletion,
};
