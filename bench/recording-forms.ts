import { gzipSync } from "node:zlib";

/** A record as CloudTrail writes it, of about 1.2 KB; every other one tells of a creation. */
function record(number: number): object {
  const creates = number % 2 === 0;
  const id = `i-${number.toString(16).padStart(17, "0")}`;
  return {
    eventVersion: "1.11",
    userIdentity: {
      type: "AssumedRole",
      principalId: "AROAEXAMPLE0000000001:deploy",
      arn: "arn:aws:sts::444455556666:assumed-role/deployer/deploy",
      accountId: "444455556666",
      sessionContext: {
        sessionIssuer: { type: "Role", userName: "deployer" },
        attributes: { mfaAuthenticated: "false" },
      },
    },
    eventTime: "2026-11-22T07:33:46Z",
    eventSource: "ec2.amazonaws.com",
    eventName: creates ? "RunInstances" : "DescribeInstances",
    awsRegion: "eu-west-1",
    sourceIPAddress: "203.0.113.10",
    userAgent: "aws-cli/2.31 md/Botocore ua/2.1 os/linux",
    requestParameters: creates
      ? {
          instanceType: "t3.micro",
          userData: 'echo "{[,]}" \\ done',
          tagSpecificationSet: { items: [{ resourceType: "instance", tags: [{ key: "env", value: "prod" }] }] },
        }
      : { instancesSet: { items: [{ instanceId: id }] }, filterSet: {} },
    responseElements: creates
      ? { instancesSet: { items: [{ instanceId: id, tagSet: {}, state: { code: 0 } }] } }
      : null,
    requestID: `r-${number}`,
    eventID: `e-${number}`,
    readOnly: !creates,
    eventType: "AwsApiCall",
    managementEvent: true,
    recipientAccountId: "444455556666",
    eventCategory: "Management",
  };
}

function* numbers(from: number, until: number): Generator<number> {
  for (let number = from; number < until; number += 1) yield number;
}

/** Elements between two pieces of text, with commas, each made when it is asked for. */
function* inList(before: string, count: number, element: (number: number) => string, after: string): Generator<string> {
  yield before;
  for (const number of numbers(0, count)) yield `${number === 0 ? "" : ","}${element(number)}`;
  yield after;
}

const compact = (number: number) => JSON.stringify(record(number));
const pretty = (value: unknown, indent: number, depth: number) =>
  `\n${JSON.stringify(value, undefined, indent).replaceAll(/^/gm, " ".repeat(indent * depth))}`;

const asLookedUp = (number: number) => {
  const { eventID, eventName } = record(number) as { readonly eventID: string; readonly eventName: string };
  return { EventId: eventID, EventName: eventName, Resources: [], CloudTrailEvent: compact(number) };
};
const asLogLine = (number: number) => ({ id: String(number), timestamp: 1_795_332_826_000, message: compact(number) });

/** Log files, subscriptions and members of gzip hold so many records each. */
const IN_ONE = 500;

function* files(count: number, file: (all: readonly number[]) => string): Generator<string> {
  for (let from = 0; from < count; from += IN_ONE) yield file([...numbers(from, Math.min(count, from + IN_ONE))]);
}

const logFile = (all: readonly number[]) => ({ Records: all.map(record) });
const subscription = (all: readonly number[]) => ({
  messageType: "DATA_MESSAGE",
  owner: "444455556666",
  logGroup: "cloudtrail",
  subscriptionFilters: ["all"],
  logEvents: all.map(asLogLine),
});

/** The forms in which people keep recordings; each gives the same `count` records piece by piece. */
export const RECORDING_FORMS: Readonly<Record<string, (count: number) => Iterable<string | Uint8Array>>> = {
  "one record a line": (count) => inLines(count),
  "a list": (count) => inList("[", count, compact, "]"),
  "a log file on one line": (count) => inList('{"Records":[', count, compact, "]}"),
  "a log file of one record a line": (count) =>
    inList('{"Records":[\n', count, (number) => `${compact(number)}\n`, "]}"),
  "a pretty log file": (count) =>
    inList('{\n  "Records": [', count, (number) => pretty(record(number), 2, 2), "\n  ]\n}\n"),
  "log files behind each other": (count) => files(count, (all) => JSON.stringify(logFile(all))),
  "pretty log files behind each other": (count) => files(count, (all) => JSON.stringify(logFile(all), undefined, 2)),
  "log files in gzip members": (count) => zipped(files(count, (all) => JSON.stringify(logFile(all)))),
  "lookup-events": (count) =>
    inList(
      '{\n    "Events": [',
      count,
      (number) => pretty(asLookedUp(number), 4, 2),
      '\n    ],\n    "NextToken": "n"\n}\n',
    ),
  "CloudWatch Logs subscriptions": (count) => files(count, (all) => JSON.stringify(subscription(all))),
  "filter-log-events": (count) =>
    inList(
      '{\n    "events": [',
      count,
      (number) => pretty(asLogLine(number), 4, 2),
      '\n    ],\n    "searchedLogStreams": []\n}\n',
    ),
};

function* inLines(count: number): Generator<string> {
  for (const number of numbers(0, count)) yield `${compact(number)}\n`;
}

function* zipped(pieces: Iterable<string>): Generator<Uint8Array> {
  for (const piece of pieces) yield gzipSync(piece);
}
