import { expect, test } from "vitest";
import { creationOf } from "../../fixtures/events/created.ts";
import { ACCOUNT, runInstances } from "../../fixtures/events/records.ts";

const role = (name: string, session: string, more: object = {}) => ({
  type: "AssumedRole",
  principalId: `AROAEXAMPLE0000000001:${session}`,
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${name}/${session}`,
  accountId: ACCOUNT,
  sessionContext: {
    sessionIssuer: { type: "Role", arn: `arn:aws:iam::${ACCOUNT}:role/${name}`, userName: name },
  },
  ...more,
});

const serviceRole = {
  ...role("AWSServiceRoleForRDS", "SLRManagement"),
  invokedBy: "rds.amazonaws.com",
};

test.each([
  ["an IAM user", { type: "IAMUser", userName: "alice" }, "alice", "iam-user"],
  [
    "an IAM user on the console",
    { type: "IAMUser", userName: "alice", invokedBy: "signin.amazonaws.com" },
    "alice",
    "iam-user",
  ],
  [
    "the real caller behind CloudFormation",
    { type: "IAMUser", userName: "alice", invokedBy: "cloudformation.amazonaws.com" },
    "alice",
    "iam-user",
  ],
  ["a role's session", role("deployer", "alice@example.com"), "role/deployer/alice@example.com", "session-name"],
  [
    "the role where an SDK made the session's name up",
    role("deployer", "aws-go-sdk-1722511821294449000"),
    "role/deployer",
    "session-issuer",
  ],
  ["the role of an instance", role("web", "i-0123456789abcdef0"), "role/web", "session-issuer"],
  [
    "a role behind CloudFormation",
    role("deployer", "bob", { invokedBy: "cloudformation.amazonaws.com" }),
    "role/deployer/bob",
    "session-name",
  ],
  [
    "a role whose ARN is all there is",
    { arn: `arn:aws:sts::${ACCOUNT}:assumed-role/deployer/bob` },
    "role/deployer/bob",
    "session-name",
  ],
  ["an SSO user", role("AWSReservedSSO_Admin_0123456789abcdef", "alice@example.com"), "alice@example.com", "sso-user"],
  ["an Identity Center user", { type: "IdentityCenterUser", onBehalfOf: { userId: "u-1" } }, "u-1", "sso-user"],
  ["a service through its role", serviceRole, "rds.amazonaws.com", "service-role"],
  [
    "a service's role without invokedBy",
    role("AWSServiceRoleForRDS", "x"),
    "role/AWSServiceRoleForRDS",
    "service-role",
  ],
  [
    "a service",
    { type: "AWSService", invokedBy: "autoscaling.amazonaws.com" },
    "autoscaling.amazonaws.com",
    "invoked-by",
  ],
  [
    "Auto Scaling in the name of root",
    { type: "Root", invokedBy: "autoscaling.amazonaws.com" },
    "autoscaling.amazonaws.com",
    "invoked-by",
  ],
  ["root", { type: "Root", arn: `arn:aws:iam::${ACCOUNT}:root` }, "root", "root"],
  ["root on the console", { type: "Root", invokedBy: "signin.amazonaws.com" }, "root", "root"],
  [
    "a federated user",
    { type: "FederatedUser", arn: `arn:aws:sts::${ACCOUNT}:federated-user/bob` },
    "bob",
    "federated-user",
  ],
  ["a SAML user", { type: "SAMLUser", userName: "bob" }, "bob", "saml-user"],
  ["a web identity", { type: "WebIdentityUser", principalId: "accounts.example.com:bob" }, "bob", "web-identity-user"],
  ["another account", { type: "AWSAccount", accountId: ACCOUNT }, `account/${ACCOUNT}`, "account"],
  ["a user without a type", { arn: `arn:aws:iam::${ACCOUNT}:user/alice` }, "alice", "iam-user"],
  ["a principal of a new type", { type: "Robot", principalId: "r-1" }, "r-1", "principal-id"],
])("createdBy is %s", (_, userIdentity, createdBy, createdByBasis) => {
  expect(creationOf(runInstances({ userIdentity }))).toMatchObject({ createdBy, createdByBasis });
});

test.each([null, "alice", [], {}, { type: "AssumedRole" }])(
  "createdBy is absent where userIdentity is %j",
  (userIdentity) => {
    expect(creationOf(runInstances({ userIdentity }))).not.toHaveProperty("createdBy");
  },
);
