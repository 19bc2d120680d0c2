import { onTestFinished } from "vitest";
import type { EmulatedResource } from "../../local/emulator/emulated-resource.ts";
import { startEmulator, type Emulator, type EmulatorOptions } from "../../local/emulator/start.ts";

export const ALIBABA_ACCOUNT = "111122223333";
export const HUAWEI_ACCOUNT = "d0001";
export const AWS_ACCOUNT = "444455556666";

type Tags = Readonly<Record<string, string>>;

export function apiGroup(id: string, tags: Tags = {}): EmulatedResource {
  return { type: "alibaba:apigateway:apiGroup", account: ALIBABA_ACCOUNT, region: "cn-hangzhou", id, tags };
}

export function ipam(id: string, tags: Tags = {}): EmulatedResource {
  return { type: "alibaba:vpcipam:IPAM", account: ALIBABA_ACCOUNT, region: "cn-hangzhou", id, tags };
}

export function user(id: string, tags: Tags = {}): EmulatedResource {
  return { type: "huawei:iam:user", account: HUAWEI_ACCOUNT, region: "global", id, tags };
}

export function gateway(id: string, tags: Tags = {}): EmulatedResource {
  return { type: "huawei:apig:instance", account: HUAWEI_ACCOUNT, region: "cn-north-4", id, tags };
}

export function instanceArn(id: string): string {
  return `arn:aws:ec2:us-east-1:${AWS_ACCOUNT}:instance/${id}`;
}

export function instance(id: string, tags: Tags = {}): EmulatedResource {
  return { type: "aws:ec2:instance", account: AWS_ACCOUNT, region: "us-east-1", id: instanceArn(id), tags };
}

/** `count` tags with different keys. */
export function manyTags(count: number): Tags {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, "v"]));
}

export function ids(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${index}`);
}

/** An emulator that ends with the test. */
export async function emulate(
  resources: readonly EmulatedResource[],
  options: Omit<EmulatorOptions, "resources"> = {},
): Promise<Emulator> {
  const emulator = await startEmulator({ resources, ...options });
  onTestFinished(() => emulator.close());
  return emulator;
}

/** The tags that the emulator holds for a resource. */
export function tagsIn(emulator: Emulator, resource: EmulatedResource): Tags | undefined {
  return emulator.world.get(resource)?.tags;
}
