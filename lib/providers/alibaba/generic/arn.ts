/** The parts of an ARN of the Tag service, as they stand in it. */
export interface AcsArn {
  readonly product: string;
  /** `*` = the call's. */
  readonly region: string;
  /** `*` = the caller's. */
  readonly account: string;
  readonly kind: string;
  /** May hold what separates the parts before it. */
  readonly id: string;
}

const ARN = /^(?:arn:)?acs:([^:/]+):([^:/]*):([^:/]*):([^:/]+)\/(.+)$/s;

/**
 * What `arn:acs:ecs:cn-hangzhou:1234567890123456:instance/i-1` says; undefined for anything else. Some answers have no
 * `arn:` in front, and some nothing where a region or an account would stand.
 * @see https://www.alibabacloud.com/help/en/resource-management/tag/developer-reference/api-tag-2018-08-28-tagresources
 */
export function parseAcsArn(text: string): AcsArn | undefined {
  const parts = ARN.exec(text);
  if (parts === null) return undefined;
  const [, product = "", region = "", account = "", kind = "", id = ""] = parts;
  return { product, region: region === "" ? "*" : region, account: account === "" ? "*" : account, kind, id };
}

export function writeAcsArn({ product, region, account, kind, id }: AcsArn): string {
  return `arn:acs:${product}:${region}:${account}:${kind}/${id}`;
}
