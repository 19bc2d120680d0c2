/** Nothing of the same kind stands before or behind. */
const APART = String.raw`(?<![0-9a-z])(?:%)(?![0-9a-z])`;

/** What differs from session to session, wherever it stands in the name. */
const UNIQUE = shape(
  // A UUID.
  "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
  // A digest, a trace, a task, a commit: 16 and more hexadecimal digits, some of them letters and some not.
  "(?=[0-9a-f]*[0-9])(?=[0-9a-f]*[a-f])[0-9a-f]{16,}",
  // A ULID of our days.
  "01[0-9a-hjkmnp-tv-z]{24}",
  // A time of our days: milliseconds, microseconds or nanoseconds since 1970, ticks of .NET, or its digits.
  "1[4-9][0-9]{11}(?:[0-9]{3}){0,2}",
  "6[34][0-9]{16}",
  "20[0-9]{2}[01][0-9][0-3][0-9]T?[0-2][0-9]{5}Z?",
);

/** Seconds since 1970 or the number of a run, which alone might be the number of a person. */
const UNIQUE_BEHIND_A_WORD = /[a-z].*[-_.:/](?:1[4-9][0-9]{8}|[0-9]{11,})(?:[-_.:/]|$)/i;

/** `gitlab-ci-12345-67890`, `shop-build-4711`: the number of something that works. */
const NUMBERED_WORK = new RegExp(
  String.raw`(?:^|[-_.:/])(?:actions?|artifacts?|build(?:er)?|ci|cicd|codebuild|cron|deploy(?:er|ment)?|githubactions|gitlabrunner|job|pipelines?|release|run(?:ner)?|scheduler|session|task|terraform|tofu|upload|worker|workflow)(?:[-_.:/].*)?[-_:/][0-9]+$`,
  "i",
);

/** Whole names that some maker gives to each of its sessions. */
const SHAPES: readonly RegExp[] = [
  // An instance of EC2, or a machine elsewhere that Systems Manager knows.
  /^m?i-[0-9a-f]{8,17}$/,
  // An execution of Step Functions: 32 letters, large and small ones as they come.
  /^(?=[A-Za-z]*[A-Z]{2})(?=[A-Za-z]*[a-z][A-Z])[A-Za-z]{32}$/,
  // Of HCP Terraform.
  /^(?:terraform-)?run-[A-Za-z0-9]{16}$/,
  // Of Jenkins: its job and build.
  /^Jenkins-.+-[0-9]+$/,
  // A UUID in Base64.
  /^(?=.*[0-9])[A-Za-z0-9]{48}$/,
];

/** Names that are always the same, in lower case. */
const ALWAYS: ReadonlySet<string> = new Set(
  (
    "appsync_assume_role awsbackup-awsbackupdefaultservicerole awscloudformation awsconfig-describe " +
    "backplaneassumerolesession build-session ccssession cloudcustodian cognitoidentitycredentials datadogawsintegration " +
    "default_session dms-session-for-replication-engine ecs-service-scheduler edpsession githubactions " +
    "gluejobrunnersession prowlerassessmentsession redshiftiamrolesession sagemaker"
  ).split(" "),
);

/** STS takes no longer names: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
const LONGEST = 64;

const EMAIL = /^[^@\s]+@[^@\s]+\.[a-z]{2,}$/i;

/**
 * Whether a service, an SDK or a pipeline made up the name of a role's session, so that it names nobody. Such names are
 * known by what they look like as a whole: by a part that no two sessions share, by the number of something that works,
 * or because a maker always gives that one. What they begin with says nothing: a person's name, e-mail address or number
 * may begin with anything. docs/session-names.md lists what is known, and who makes it.
 */
export function isMadeUp(session: string): boolean {
  if (session.length > LONGEST || EMAIL.test(session)) return false;
  return (
    UNIQUE.test(session) ||
    UNIQUE_BEHIND_A_WORD.test(session) ||
    NUMBERED_WORK.test(session) ||
    SHAPES.some((known) => known.test(session)) ||
    ALWAYS.has(session.toLowerCase())
  );
}

function shape(...parts: readonly string[]): RegExp {
  return new RegExp(APART.replace("%", parts.join("|")), "i");
}
