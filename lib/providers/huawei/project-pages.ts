import { ProviderError } from "../../core/errors.ts";

/** Where a listing stands that goes through the projects of a region, one after the other. */
export interface ProjectPosition {
  readonly project: string;
  /** The token within the project; undefined on its first page. */
  readonly token: string | undefined;
  /** How many rows the projects before it have. */
  readonly before: number;
}

/** Reads a token that `nextInProjects` wrote. `projects` = those of the region, one at least. */
export function projectPosition(token: string | undefined, projects: readonly string[]): ProjectPosition {
  const [first = "", ...others] = projects;
  if (token === undefined || others.length === 0) return { project: first, token, before: 0 };
  const [, before = "", project = "", inProject = ""] = /^(\d+) (\S+) (.*)$/.exec(token) ?? [];
  if (!projects.includes(project)) {
    const message = `The token "${token}" belongs to another listing`;
    throw new ProviderError({ code: "InvalidToken", kind: "request", message, httpStatus: 0, requestId: "" });
  }
  return { project, token: inProject === "" ? undefined : inProject, before: Number(before) };
}

/**
 * What comes after a page of one project: its next page, or the next project. `total` counts the projects so far, which
 * on the last page is all of them.
 */
export function nextInProjects(
  { project, before }: ProjectPosition,
  { total, nextToken }: { readonly total: number; readonly nextToken?: string },
  projects: readonly string[],
): { readonly total: number; readonly nextToken?: string } {
  if (projects.length < 2) return nextToken === undefined ? { total } : { total, nextToken };
  if (nextToken !== undefined) return { total: before + total, nextToken: `${before} ${project} ${nextToken}` };
  const next = projects[projects.indexOf(project) + 1];
  return { total: before + total, ...(next !== undefined && { nextToken: `${before + total} ${next} ` }) };
}
