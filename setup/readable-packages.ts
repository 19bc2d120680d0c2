// A plugin of the Serverless Framework: packages keep the modes of the files that go into them, and Lambda runs functions
// as a user who owns none of those. Under a umask of 077 a function would be deployed that can't read its own code.
// https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-deployment.html

/** The framework makes a plugin with `new`, and takes what that gives. */
export default function readablePackages() {
  return {
    hooks: {
      // Also so that two machines make the same package, byte by byte.
      "before:package:cleanup": () => void process.umask(0o022),
    },
  };
}
