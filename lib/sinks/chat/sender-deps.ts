import type { SNSClient } from "@aws-sdk/client-sns";
import type { Clock } from "../../app/ports/invocation.ts";

/** What channels need beside their configuration. */
export interface SenderDeps {
  /** Resolves the reference of a URL or secret. */
  readonly credential: (reference: string) => Promise<string>;
  readonly clock: Pick<Clock, "now">;
  /** For topics of this region; made when first needed. */
  readonly sns: (region: string | undefined) => Promise<SNSClient>;
  /** The topic of the deployment, where there is one. */
  readonly topicArn?: string;
}
