import type { LambdaFunctionURLEvent, LambdaFunctionURLResult } from "aws-lambda";
import { alibabaEventBridge } from "../../app/ingest/alibaba-eventbridge.ts";
import { answerInTime, type AnswerDeps } from "../../app/ingest/answer-in-time.ts";
import { certificateKeys } from "../../app/ingest/certificates.ts";
import { huaweiEventGrid } from "../../app/ingest/huawei-eventgrid.ts";
import { huaweiSmn } from "../../app/ingest/huawei-smn.ts";
import { ingest, type IngestDeps } from "../../app/ingest/ingest.ts";
import type { SecretSource } from "../../app/ingest/known-secret.ts";
import { base64Bytes } from "../../app/ingest/secret-match.ts";
import { signedEvents } from "../../app/ingest/signed-events.ts";
import type { WebhookSource } from "../../app/ingest/webhook.ts";
import type { FetchText } from "../../app/ports/ingest.ts";
import { systemClock } from "../../app/ports/system-clock.ts";
import type { IngestConfig } from "../../core/config/config.ts";
import { InputError } from "../../core/errors.ts";
import { dynamoNonces } from "../../sinks/dynamo/nonces.ts";
import { httpsText } from "../../sinks/https-text.ts";
import { sqsEventQueue } from "../../sinks/sqs/event-queue.ts";
import { readRequest, writeAnswer } from "../function-url.ts";
import { createAwsClients, type CallLimits } from "../settings/aws-clients.ts";
import { createCredentialResolver } from "../settings/credentials.ts";
import { IngestEnvironment, readEnvironment, type Variables } from "../settings/environment.ts";
import { loadConfig } from "../settings/settings.ts";
import { createTelemetry, type Telemetry } from "../telemetry.ts";

/** The sender waits a second for its answer, and the queue has to be reached as well. */
const FETCH = { timeoutMs: 600, maxBytes: 65_536 };

/** What a request may take. */
export interface IngestLimits {
  /** All of it. */
  readonly answerMs: number;
  /** And Secrets Manager. */
  readonly queue: CallLimits;
  readonly nonces: CallLimits;
}

export const INGEST_LIMITS: IngestLimits = {
  // Senders wait for a second, and the answer takes its time to reach them.
  answerMs: 900,
  // Two attempts fit into what a sender waits; a healthy call takes 20 ms.
  queue: { attempts: 2, connectMs: 200, answerMs: 400 },
  // Events go in without it, so that it gets less time.
  nonces: { attempts: 1, connectMs: 200, answerMs: 300 },
};

export interface IngestFunction {
  readonly receive: (event: LambdaFunctionURLEvent) => Promise<LambdaFunctionURLResult>;
  readonly telemetry: Telemetry;
}

/**
 * Puts `ingest` together at its cold start. Throws an InputError that names every missing variable, or the file that
 * can't be used. `fetchText` gets certificates and confirms subscriptions.
 */
export async function composeIngest(
  processVariables: Variables,
  fetchText: FetchText = httpsText(FETCH),
  limits: IngestLimits = INGEST_LIMITS,
): Promise<IngestFunction> {
  const variables = { ...processVariables };
  const environment = readEnvironment(IngestEnvironment, variables);
  const aws = createAwsClients(variables, limits.queue);
  const { dynamodb } = createAwsClients(variables, limits.nonces);
  const telemetry = createTelemetry("ingest", environment.TAGWARDEN_METRICS);
  // Each request needs both, and while its sender waits there is no time to load them.
  await Promise.all([aws.sqs(), dynamodb()]);
  const { ingest: config = {}, accounts } = await loadConfig(environment, createAwsClients(variables));
  const alibaba = accounts.filter(({ provider }) => provider === "alibaba");
  const deps: IngestDeps & AnswerDeps = {
    sources: sourcesOf(config, {
      credential: createCredentialResolver(variables, aws),
      fetchText,
      alibabaRegions: alibaba.flatMap(({ regions }) => regions),
    }),
    queue: sqsEventQueue({ client: aws.sqs, queueUrl: environment.TAGWARDEN_ENFORCE_QUEUE_URL }),
    nonces: dynamoNonces({ client: dynamodb, table: environment.TAGWARDEN_TABLE, now: () => systemClock.now() }),
    confirm: fetchText,
    clock: systemClock,
    log: telemetry.log,
    answerMs: limits.answerMs,
    count: (metric, value) => telemetry.metrics.addMetric(metric, "Count", value),
  };
  return {
    telemetry,
    receive: async (event) => {
      const request = readRequest(event, { receivedAt: systemClock.now(), publicUrl: config.url });
      return writeAnswer(await answerInTime(ingest(request, deps), deps));
    },
  };
}

/** A shorter secret could be guessed, and an empty one is what a variable that nobody filled in holds. */
const LEAST_SECRET_LENGTH = 16;
/** How the secrets of Standard Webhooks begin that are written in base64. */
const ENCODED = "whsec_";

type Credential = (reference: string, isFresh: boolean) => Promise<string>;

async function readSecret(reference: string, isFresh: boolean, credential: Credential): Promise<string> {
  const secret = await credential(reference, isFresh);
  const bytes = secret.startsWith(ENCODED) ? base64Bytes(secret.slice(ENCODED.length)) : Buffer.from(secret);
  if (bytes === undefined) {
    // Taken for a plain text it would fit no signature of a sender who decodes it, and nobody would know why.
    throw new InputError(`ingest: the secret "${reference}" begins with ${ENCODED}, and what follows is not base64.`);
  }
  if (bytes.byteLength >= LEAST_SECRET_LENGTH) return secret;
  throw new InputError(
    `ingest: the secret "${reference}" is shorter than ${LEAST_SECRET_LENGTH} characters. Choose a longer one, and give it to the sender as well.`,
  );
}

interface SourceDeps {
  readonly credential: Credential;
  readonly fetchText: FetchText;
  readonly alibabaRegions: readonly string[];
}

/** Only what is configured has a path. */
function sourcesOf(
  { alibabaEventBridge: eventBridge, huaweiSmn: smn, huaweiEventGrid: eventGrid, signedEvents: signed }: IngestConfig,
  { credential, fetchText, alibabaRegions: regions }: SourceDeps,
): readonly WebhookSource[] {
  const certificates = certificateKeys(fetchText);
  const secretsOf =
    (references: readonly string[]): SecretSource =>
    (isFresh) =>
      Promise.all(references.map((one) => readSecret(one, isFresh, credential)));
  return [
    ...(eventBridge === undefined
      ? []
      : [alibabaEventBridge({ tokens: secretsOf(eventBridge.tokens), certificates, regions })]),
    ...(smn === undefined ? [] : [huaweiSmn({ topics: smn.topics, certificates })]),
    ...(eventGrid === undefined
      ? []
      : [huaweiEventGrid({ header: eventGrid.header, secrets: secretsOf(eventGrid.secrets) })]),
    ...(signed === undefined ? [] : [signedEvents({ secrets: secretsOf(signed.secrets) })]),
  ];
}
