import type { HuaweiAnswer, HuaweiCall } from "./call.ts";
import { domainListing } from "./domain-listing.ts";

/** The first project of a region has its name; others begin with it. */
function projectsOf({ cloud, account }: HuaweiCall): readonly { readonly id: string; readonly name: string }[] {
  return cloud.keyring
    .regions()
    .flatMap((region) =>
      cloud.keyring
        .projectsOf(account, region)
        .map((id, index) => ({ id, name: index === 0 ? region : `${region}_${index + 1}` })),
    );
}

/** KeystoneListProjects: the projects of an account, or the one of that name. */
function listProjects(call: HuaweiCall): HuaweiAnswer {
  const name = call.query.get("name") ?? "";
  const projects = projectsOf(call)
    .filter((project) => name === "" || project.name === name)
    .map(({ id, name: own }) => ({
      id,
      name: own,
      domain_id: call.account,
      parent_id: call.account,
      is_domain: false,
      enabled: true,
      description: "",
      links: { self: "" },
    }));
  return { status: 200, body: { projects, links: { self: "", previous: null, next: null } } };
}

/** IAM v3, of which the call is served that names projects. */
export const routeProjects = domainListing("v3/projects", "huawei:iam:KeystoneListProjects", listProjects);
