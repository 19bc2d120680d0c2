import { CloudError } from "../cloud-error.ts";
import { wholeNumber, type AlibabaAction, type AlibabaBody, type AlibabaCall, type AlibabaService } from "./call.ts";
import { directoryOf, type Directory, type DirectoryMember } from "../directory.ts";

/** Rows: https://www.alibabacloud.com/help/en/resource-management/developer-reference/api-resourcedirectorymaster-2022-04-19-listaccounts */
const ROWS = { from: 1, to: 100, otherwise: 10 };
const DIRECTORY_ID = "rd-emulated";
const ROOT_FOLDER = "r-emulated";

const invalid = (name: string) => () => new CloudError(400, `InvalidParameter.${name}`, `${name} is not valid.`);

function rowOf({ account, folders = [], joined = "created", status }: DirectoryMember): AlibabaBody {
  return {
    AccountId: account,
    AccountName: `emulated-${account}`,
    DisplayName: `emulated-${account}`,
    FolderId: folders.at(-1) ?? ROOT_FOLDER,
    JoinMethod: joined,
    JoinTime: "2026-11-22T00:00:00Z",
    ModifyTime: "2026-11-22T00:00:00Z",
    ResourceDirectoryId: DIRECTORY_ID,
    ResourceDirectoryPath: [DIRECTORY_ID, ROOT_FOLDER, ...folders, account].join("/"),
    Status: status ?? (joined === "created" ? "CreateSuccess" : "InviteSuccess"),
    Type: joined === "created" ? "ResourceAccount" : "CloudAccount",
  };
}

/** The directory, for the account that manages it. Throws CloudError for every other one. */
function managedBy({ cloud, account }: AlibabaCall): Directory {
  const directory = directoryOf("alibaba", cloud.directory, cloud.keyring);
  if (account === directory.management) return directory;
  if (directory.members.some((member) => member.account === account)) {
    const message = "You are not authorized to perform this operation: the caller is a member of the directory.";
    throw new CloudError(403, "NoPermission", message);
  }
  const message =
    "The specified account is not an Alibaba Cloud account or a member account of the resource directory.";
  throw new CloudError(404, "ResourceDirectoryNotInUse", message);
}

/** Pages by number where one is named, and by token otherwise. */
const listAccounts: AlibabaAction = {
  types: () => [],
  resourceIds: () => [],
  run(call) {
    const { parameters, cloud } = call;
    const { members } = managedBy(call);
    const pageNumber = parameters.get("PageNumber") ?? "";
    if (pageNumber !== "") {
      const pages = { from: 1, to: 999_999_999, otherwise: 1 };
      const number = wholeNumber(pageNumber, pages, invalid("PageNumber"));
      const size = wholeNumber(parameters.get("PageSize"), ROWS, invalid("PageSize"));
      const shown = members.slice((number - 1) * size, number * size);
      return {
        Accounts: { Account: shown.map(rowOf) },
        TotalCount: members.length,
        PageNumber: number,
        PageSize: size,
      };
    }
    const size = wholeNumber(parameters.get("MaxResults"), ROWS, invalid("MaxResults"));
    const query = JSON.stringify(["directory", call.account]);
    const token = parameters.get("NextToken") ?? "";
    const start = token === "" ? { place: 0 } : cloud.tokens.open(query, token);
    if (start === undefined) throw invalid("NextToken")();
    const end = start.place + size;
    return {
      Accounts: { Account: members.slice(start.place, end).map(rowOf) },
      TotalCount: members.length,
      ...(end < members.length && { NextToken: cloud.tokens.issue(query, { place: end, offset: 0 }) }),
    };
  },
};

/** Resource Directory, of which the one call is served that names the accounts. */
export const resourceDirectory: AlibabaService = {
  name: "alibaba:resourcedirectory",
  version: "2022-04-19",
  global: true,
  actions: { ListAccounts: listAccounts },
};
