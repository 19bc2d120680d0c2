import type { About } from "../evaluation.ts";

type Said = Pick<About, "description" | "url">;

/** What the policy file says of a policy or key, as a phrase: `who answers for it, https://wiki.example.com/owner`. */
export function aboutText({ description, url }: Said): string {
  return [description, url].filter((part) => part !== undefined).join(", ");
}

/** The same of all that a finding breaks: `owner: who answers for it; policy all: https://…`. Empty where nothing is said. */
export function aboutsText(abouts: readonly About[] = []): string {
  return abouts.map((one) => `${one.key ?? `policy ${one.policy}`}: ${aboutText(one)}`).join("; ");
}
