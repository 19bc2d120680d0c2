import type { Severity } from "../policy/compiled.ts";

/** The section `alerts` of a configuration, defaults filled in. docs/alerts.md describes it. */
export interface AlertSettings {
  readonly channels: readonly AlertChannel[];
  /** Which owners' alerts go where; the first that names the owner counts. */
  readonly routes: readonly AlertRoute[];
  /** Names of the channels for all other alerts. */
  readonly fallback: readonly string[];
  /** Tags that name who owns a resource, in the order in which they are asked. */
  readonly ownerTags: readonly string[];
  /** Where people find the report of a run: `{run}` stands for its name. */
  readonly reportUrl?: string;
  /** The least compliance of a policy: the first rule that names it counts. */
  readonly compliance: readonly ComplianceRule[];
  /** How far compliance may drop from one run to the next, 0 to 1. */
  readonly drop: number;
  /** How long before an exemption expires people are told. */
  readonly exemptionDays: number;
  /** New findings of at least this severity are told one by one; `none` = not at all. */
  readonly newFindings: Severity | "none";
  /** After how many hours an alert that is still open is told again, by severity. */
  readonly repeatHours: Readonly<Record<Severity, number>>;
  /** What is resolved and raised again within so many hours is not told again. */
  readonly flapHours: number;
  /** After how many hours without news an alert of enforcement counts as resolved. */
  readonly quietHours: number;
}

export interface AlertRoute {
  /** Globs. */
  readonly owners: readonly string[];
  readonly channels: readonly string[];
}

export interface ComplianceRule {
  /** Globs of policy names; absent = all. */
  readonly policies?: readonly string[];
  readonly severity?: Severity;
  /** 0 to 1. */
  readonly below: number;
}

interface ChannelBase {
  readonly name: string;
  /** Less severe alerts don't go here. */
  readonly leastSeverity: Severity;
}

/** Urls and secrets are references, as credentials are. */
export type AlertChannel = ChatChannel | WebhookChannel | SnsChannel;

export interface ChatChannel extends ChannelBase {
  readonly type: "slack" | "dingtalk" | "feishu";
  readonly url: string;
  /** Absent = the robot doesn't check signatures. */
  readonly secret?: string;
}

export interface WebhookChannel extends ChannelBase {
  readonly type: "webhook";
  readonly url: string;
  readonly secret: string;
}

export interface SnsChannel extends ChannelBase {
  readonly type: "sns";
  /** Absent = the topic of the deployment. */
  readonly topicArn?: string;
}

export type ChannelType = AlertChannel["type"];
