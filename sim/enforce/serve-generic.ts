import { ProviderError } from "../../lib/core/errors.ts";
import type { Tags } from "../../lib/core/resource.ts";
import type { AlibabaBody } from "../../local/emulator/alibaba/call.ts";
import type { Parameters } from "../../local/emulator/alibaba/parameters.ts";
import { tagService } from "../../local/emulator/alibaba/tag-service/service.ts";
import type { Cloud } from "../../local/emulator/cloud.ts";
import type { Admission } from "../../local/emulator/gate.ts";
import { errorOfEntry } from "../answers.ts";
import { otherSpelling } from "../generic-types.ts";
import { placeOf } from "../place.ts";
import type { SimAnswer, SimRequest, Wire } from "./sim-request.ts";

/** What a call of the Tag service is about, read off its parameters. */
export function readWire({ parameters }: Wire): Pick<SimRequest, "ids" | "tags" | "token"> {
  const text = (name: string) => [parameters[name] ?? ""].flat()[0] ?? "";
  const tags: Tags = new Map(Object.entries(JSON.parse(text("Tags") || "{}") as Record<string, string>));
  return { ids: [parameters["ResourceARN"] ?? []].flat(), tags, token: text("NextToken") || undefined };
}

interface Served {
  readonly rowsPerPage: number;
  readonly admission: Admission;
}

/**
 * The emulator's Tag service answers what the real client has built, and the real client reads the answer as it stands
 * in `body`; the rest is the checker's own reading. An answer may hold fewer rows than were asked for.
 */
export function serveGeneric(
  cloud: Cloud,
  { wire, ids, region, account, type }: SimRequest,
  { rowsPerPage, admission }: Served,
): SimAnswer {
  const action = wire === undefined ? undefined : tagService.actions[wire.action];
  if (wire === undefined || action === undefined) throw new Error("the emulator has no such action of the Tag service");
  const body = action.run({ cloud, account, region, admission, parameters: asReceived(wire, ids, rowsPerPage) });
  const { TagResources: found = [], NextToken: next = "" } = body as FoundPage;
  const names = new Map(ids.map((id) => [placeOf({ type, account, region, id }), id]));
  const nameOf = (arn: string) => names.get(placeOf({ type, account, region, id: arn })) ?? arn;
  const { FailedResource: failed = [] } = (body["FailedResources"] ?? {}) as {
    FailedResource?: readonly FailedEntry[];
  };
  return {
    rows: found.map((row) => ({
      id: nameOf(row.ResourceARN),
      type,
      tags: new Map(row.Tags.map(({ Key, Value }) => [Key, Value])),
    })),
    rowCount: found.length,
    nextToken: next === "" ? undefined : next,
    failures: Object.fromEntries(
      failed.map(({ ResourceARN: arn, Result }) => [nameOf(arn), errorOfEntry(nameOf(arn), Result)]),
    ),
    body,
  };
}

/** How an answer names what has failed: a stranger's name is that of no resource of the call. */
type Spelling = "own" | "other" | "stranger";

const SPELLINGS: Readonly<Record<Spelling, (arn: string) => string>> = {
  own: (arn) => arn,
  other: otherSpelling,
  stranger: inCapitals,
};

function inCapitals(arn: string): string {
  return arn.replace(/\/.*$/s, (id) => id.toUpperCase());
}

/** The same answer, where these have failed. */
export function withFailures(
  body: AlibabaBody | undefined,
  failures: Readonly<Record<string, ProviderError>>,
  spelling: Spelling,
): AlibabaBody {
  const entries = Object.entries(failures).map(([arn, { code }]) => ({
    ResourceARN: SPELLINGS[spelling](arn),
    Result: { Code: code, Message: `The request was refused with ${code}.` },
  }));
  return entries.length === 0 ? (body ?? {}) : { ...body, FailedResources: { FailedResource: entries } };
}

/** What can be known of a call's resources where those that failed have strangers' names: anything may have become of each. */
export function untold(
  ids: readonly string[],
  failures: Readonly<Record<string, ProviderError>>,
): Readonly<Record<string, ProviderError>> {
  if (Object.keys(failures).length === 0) return {};
  const message = "somebody else failed";
  const error = (resourceId: string) =>
    new ProviderError({
      code: "UnmatchedFailure",
      kind: "transient",
      message,
      httpStatus: 200,
      requestId: "sim",
      resourceId,
      ambiguous: true,
    });
  return Object.fromEntries(ids.map((id) => [id, error(id)]));
}

/** The same listing, where one row has the name of a resource that nobody asked for, or another page follows. */
export function withRows(answer: SimAnswer, odd: string | undefined, nextToken: string | undefined): SimAnswer {
  const found = (answer.body?.["TagResources"] ?? []) as readonly FoundRow[];
  const rows = answer.rows.map((row) => (row.id === odd ? { ...row, id: inCapitals(row.id) } : row));
  const TagResources = found.map((row, index) => {
    const isOdd = answer.rows[index]?.id === odd;
    return isOdd ? { ...row, ResourceARN: inCapitals(row.ResourceARN) } : row;
  });
  return { ...answer, rows, nextToken, body: { ...answer.body, TagResources, NextToken: nextToken ?? "" } };
}

interface FoundRow {
  readonly ResourceARN: string;
  readonly Tags: readonly { readonly Key: string; readonly Value: string }[];
}

interface FoundPage {
  readonly TagResources?: readonly FoundRow[];
  readonly NextToken?: string;
}

interface FailedEntry {
  readonly ResourceARN: string;
  readonly Result: { readonly Code: string; readonly Message: string };
}

/** Without the resources that are said to have failed before it came to them. */
function asReceived({ parameters }: Wire, ids: readonly string[], rowsPerPage: number): Parameters {
  const texts = Object.entries(parameters).flatMap(([name, value]) =>
    typeof value === "string" ? [[name, value] as const] : [],
  );
  const all = new Map(texts);
  if (all.has("PageSize")) all.set("PageSize", String(Math.min(rowsPerPage, Number(all.get("PageSize")))));
  const list = (name: string): readonly string[] => (name === "ResourceARN" ? ids : [parameters[name] ?? []].flat());
  return { all, get: (name) => all.get(name), list, tags: () => [] };
}
