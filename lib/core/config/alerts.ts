import { z } from "zod";
import type { AlertSettings } from "../alert/settings.ts";
import { strict } from "../yaml/strict.ts";
import { checkCredential, isLoopback } from "./rules.ts";

const text = z.string().min(1, "must not be empty");
const globs = z.array(text).min(1, "must name at least one");
const severity = z.enum(["low", "medium", "high"]);
const share = z.number().min(0, "must be from 0 to 1").max(1, "must be from 0 to 1, e.g. 0.95 for 95 %");
const hours = z.number().min(0, "must not be negative").max(8_760, "must be at most a year (8760)");
const DEFAULT_HOURS = { high: 72, medium: 168, low: 336 };

const named = {
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, "must be letters, digits, - and _"),
  leastSeverity: severity.default("low"),
};
const chat = { ...named, url: text, secret: text.exactOptional() };
const channel = z.discriminatedUnion(
  "type",
  [
    strict({ type: z.literal("slack"), ...named, url: text }),
    strict({ type: z.literal("dingtalk"), ...chat }),
    strict({ type: z.literal("feishu"), ...chat }),
    strict({ type: z.literal("webhook"), ...named, url: text, secret: text }),
    strict({
      type: z.literal("sns"),
      ...named,
      topicArn: z
        .string()
        .regex(/^arn:[a-z-]+:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]+$/, "must be the ARN of a topic")
        .exactOptional(),
    }),
  ],
  { error: "must be slack, dingtalk, feishu, webhook or sns" },
);

/** The section `alerts` of a configuration. */
export const alertsShape = strict({
  channels: z.array(channel).min(1, "must name at least one channel"),
  routes: z.array(strict({ owners: globs, channels: globs })).default([]),
  fallback: globs,
  ownerTags: z.array(text).min(1, "must name at least one tag").default(["owner", "team"]),
  reportUrl: z
    .string()
    .regex(/^https?:\/\/[^\s<>|]+$/, "must be a URL")
    .refine((url) => URL.canParse(url), "must be a URL")
    .exactOptional(),
  compliance: z
    .array(strict({ policies: globs.exactOptional(), severity: severity.exactOptional(), below: share }))
    .default([
      { severity: "high", below: 0.95 },
      { severity: "medium", below: 0.9 },
      { severity: "low", below: 0.8 },
    ]),
  drop: share.default(0.05),
  exemptionDays: z.int().min(0, "must not be negative").max(365, "must be at most 365").default(14),
  newFindings: z.enum(["low", "medium", "high", "none"]).default("high"),
  repeatHours: strict({
    high: hours.default(DEFAULT_HOURS.high),
    medium: hours.default(DEFAULT_HOURS.medium),
    low: hours.default(DEFAULT_HOURS.low),
  }).default(DEFAULT_HOURS),
  // The state of what is over is kept for little longer than a week.
  flapHours: z.number().min(0, "must not be negative").max(168, "must be at most a week (168)").default(48),
  quietHours: hours.default(24),
});

/** What is wrong with the alerts of a configuration beyond their shape. */
export function checkAlerts({
  channels,
  routes,
  fallback,
}: AlertSettings): readonly { readonly keys: readonly PropertyKey[]; readonly problem: string }[] {
  const names = new Set<string>();
  const found: { keys: PropertyKey[]; problem: string }[] = [];
  for (const [index, one] of channels.entries()) {
    const at = ["channels", index];
    if (names.has(one.name)) found.push({ keys: [...at, "name"], problem: "stands there twice; names must differ" });
    names.add(one.name);
    if (one.type === "sns") continue;
    const local = isLoopback(one.url);
    for (const [field, reference] of [
      ["url", one.url],
      ["secret", one.secret],
    ] as const) {
      const problem = reference === undefined ? undefined : checkCredential(reference, { secret: true, local });
      if (problem !== undefined) found.push({ keys: [...at, field], problem });
    }
  }
  const lists = [
    { keys: ["fallback"], used: fallback },
    ...routes.map((route, index) => ({ keys: ["routes", index, "channels"], used: route.channels })),
  ];
  for (const { keys, used } of lists) {
    for (const [index, name] of used.entries()) {
      if (!names.has(name))
        found.push({ keys: [...keys, index], problem: `names no channel; there are ${[...names].join(", ")}` });
    }
  }
  return found;
}
