import { alertReport } from "../../../lib/app/alert/alert-report.ts";
import { runAudit } from "../../../lib/app/folder-audit/run-audit.ts";
import { mailOf } from "../../../lib/core/alert/render/mail.ts";
import { preparePolicies } from "../../../lib/core/policy/prepare.ts";
import { digestId } from "../../../lib/sinks/chat/digest-id.ts";
import { memoryAlertStates } from "../../../lib/sinks/dynamo/memory-alert-states.ts";
import { memoryObjects } from "../../../lib/sinks/objects/memory.ts";
import { objectRunStore } from "../../../lib/sinks/objects/run-store.ts";
import { alertSettings } from "../../core/alert/alerts.ts";
import { auditWorld, compile } from "../audit-world.ts";

const DAY = 86_400_000;

export interface Night {
  readonly policies: string;
  /** Tags of the resource that alerts are about. */
  readonly tags: Readonly<Record<string, string>>;
  /** Days since the night before; one where it isn't told. */
  readonly days?: number;
  /** Another resource, which is always compliant. */
  readonly other?: string;
}

/** Audits night after night; what each of them tells, as `change kind`, and the text of its message. */
export async function nights(...all: readonly Night[]) {
  const [objects, states] = [memoryObjects(), memoryAlertStates()];
  const answers: { readonly told: readonly string[]; readonly text: string }[] = [];
  let passed = 0;
  for (const { policies, tags, days = 1, other } of all) {
    passed += days;
    const group = (id: string, carried: Night["tags"]) => ({
      type: "alibaba:apigateway:apiGroup",
      region: "cn-hangzhou",
      id,
      tags: new Map(Object.entries(carried)),
    });
    const resources = {
      alibaba: [group("g1", tags), ...(other === undefined ? [] : [group(other, { owner: "ann" })])],
    };
    const { deps, clock } = auditWorld({ resources, objects });
    await clock.sleep(passed * DAY);
    const told: string[] = [];
    const texts: string[] = [];
    const alerting = {
      states,
      settings: alertSettings({ newFindings: "high", drop: 0.5, repeatHours: { high: 24 * 365 } }),
      objects,
      hash: digestId,
      dispatch: async (digest: Parameters<typeof mailOf>[0]) => {
        told.push(...digest.entries.map(({ change, alert }) => `${change} ${alert.kind}`));
        texts.push(mailOf(digest).text);
      },
    };
    await runAudit({
      ...deps,
      runs: objectRunStore(objects),
      policies: preparePolicies(compile(policies)),
      clock,
      out: "DIR",
      alert: async (finished) => void (await alertReport(finished, alerting)),
    });
    answers.push({ told: told.sort(), text: texts.join("\n").replaceAll(/\s+/gu, " ") });
  }
  return answers;
}
