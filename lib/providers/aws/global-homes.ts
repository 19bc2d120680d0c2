import { parseArn } from "../../core/aws-arn.ts";
import { AWS_GLOBAL_HOMES } from "../../core/config/aws-homes.ts";
import type { AwsAccountConfig } from "../../core/config/config.ts";

type Partition = AwsAccountConfig["partition"];

const IAM: ReadonlySet<string> = new Set(["iam", "sts"]);

/** Every home of a partition, that of IAM first. */
export function homesOf(partition: Partition): readonly [string, ...string[]] {
  return AWS_GLOBAL_HOMES[partition];
}

/** The home of one resource without a region. */
export function homeOf(partition: Partition, arn: string): string {
  const [ofIam, ofOthers = ofIam] = AWS_GLOBAL_HOMES[partition];
  return IAM.has(parseArn(arn)?.service ?? "") ? ofIam : ofOthers;
}

/** Where a listing stands that goes through several homes, one after another. */
export interface HomePosition {
  readonly home: string;
  /** The cloud's own token; absent at the start of a home. */
  readonly token?: string;
}

/** Reads a token that `nextHome` wrote, or starts at the first home. A listing of one home has the cloud's own tokens. */
export function positionIn(homes: readonly [string, ...string[]], token: string | undefined): HomePosition {
  const [first] = homes;
  if (token === undefined) return { home: first };
  if (homes.length === 1) return { home: first, token };
  const space = token.indexOf(" ");
  const rest = token.slice(space + 1);
  return { home: token.slice(0, Math.max(0, space)), ...(rest === "" ? {} : { token: rest }) };
}

/** The token of the next page: of this home, else of the next one; undefined where that was the last page of the last. */
export function nextHome(homes: readonly [string, ...string[]], home: string, token: string): string | undefined {
  if (homes.length === 1) return token === "" ? undefined : token;
  if (token !== "") return `${home} ${token}`;
  const next = homes[homes.indexOf(home) + 1];
  return next === undefined ? undefined : `${next} `;
}
