import { AlertDeliveryError, type AlertSender } from "../../app/ports/alerts.ts";
import { mailOf } from "../../core/alert/render/mail.ts";
import type { SnsChannel } from "../../core/alert/settings.ts";
import type { SenderDeps } from "./post-webhook.ts";

const RETRYABLE = /Throttl|Timeout|InternalError|ServiceUnavailable|KMSThrottling/;

/** A topic of SNS, and through it e-mail and whatever else subscribes: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
export function snsSender(
  { name: channel, topicArn }: SnsChannel,
  { sns, topicArn: deployed }: Pick<SenderDeps, "sns" | "topicArn">,
): AlertSender {
  const topic = topicArn ?? deployed;
  return {
    type: "sns",
    target: topic ?? "the topic of the deployment",
    bodyOf(digest) {
      const { subject, text } = mailOf(digest);
      return JSON.stringify({ Subject: subject, Message: text });
    },
    async send(digest, { signal }) {
      if (topic === undefined) {
        const says = "has no topic: set topicArn, or let the deployed function send it";
        throw new AlertDeliveryError(`alert channel ${channel} ${says}`, { retryable: false });
      }
      const { subject, text } = mailOf(digest);
      const { PublishCommand } = await import("@aws-sdk/client-sns");
      try {
        const publish = new PublishCommand({ TopicArn: topic, Subject: subject, Message: text });
        // SNS answers in the topic's own region alone: `arn:aws:sns:REGION:…`.
        await (await sns(topic.split(":")[3])).send(publish, { abortSignal: signal });
      } catch (error) {
        const name = error instanceof Error ? error.name : "an unknown error";
        const isRefused = isAnswer(error);
        const says = isRefused ? `: SNS answered ${name}` : ": SNS can't be reached";
        const retryable = signal.aborted || RETRYABLE.test(name) || !isRefused;
        throw new AlertDeliveryError(`alert channel ${channel}${says}`, { retryable });
      }
    },
  };
}

/** Whether SNS has said no, in contrast to a connection that failed. */
function isAnswer(error: unknown): boolean {
  return error instanceof Error && "$fault" in error && error.$fault === "client";
}
