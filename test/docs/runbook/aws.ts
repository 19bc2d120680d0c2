import { GetObjectCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { parseArgs } from "node:util";
import { createAwsClients } from "../../../lib/lambda/settings/aws-clients.ts";
import type { LocalService } from "../../../local/service/service.ts";

interface Answer {
  readonly exit: number;
  /** In base64: an object may be anything. */
  readonly stdout: string;
  readonly stderr: string;
  /** Written where the command was called. */
  readonly file?: { readonly name: string; readonly text: string };
}

/**
 * The few commands of AWS's command line that the page names, with the options that they have there: an option or a
 * name that isn't known fails, as it would on AWS.
 */
export interface AwsCommands {
  readonly url: string;
  close(): Promise<void>;
}

const bytes = (stdout: Uint8Array): Answer => ({ exit: 0, stdout: Buffer.from(stdout).toString("base64"), stderr: "" });
const text = (stdout: string): Answer => bytes(Buffer.from(stdout));

export async function serveAwsCommands(service: LocalService, stack: string): Promise<AwsCommands> {
  const commands: Readonly<Record<string, (argv: string[]) => Promise<Answer>>> = {
    /** https://docs.aws.amazon.com/cli/latest/reference/cloudformation/describe-stack-resource.html */
    async "cloudformation describe-stack-resource"(args) {
      const string = { type: "string" } as const;
      const options = { "stack-name": string, "logical-resource-id": string, query: string, output: string };
      const { values } = parseArgs({ args, options });
      if (values["stack-name"] !== stack) throw new Error(`Stack '${values["stack-name"]}' does not exist`);
      if (values.query !== "StackResourceDetail.PhysicalResourceId" || values.output !== "text") {
        throw new Error("prints more than the page needs");
      }
      return text(`${service.resources.ref(values["logical-resource-id"] ?? "")}\n`);
    },
    /** https://docs.aws.amazon.com/cli/latest/reference/lambda/invoke.html */
    async "lambda invoke"(args) {
      const string = { type: "string" } as const;
      const options = { "function-name": string, "cli-binary-format": string, payload: string };
      const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
      // Version 2 reads payloads as base64 unless it is told otherwise.
      if (values["cli-binary-format"] !== "raw-in-base64-out") throw new Error("Invalid base64");
      const [name = ""] = positionals;
      const invoked = values["function-name"]?.replace(`${stack}-`, "") ?? "";
      const answer = await service.invoke(invoked, JSON.parse(values.payload ?? "{}"));
      const metadata = { StatusCode: 200, ExecutedVersion: "$LATEST" };
      return { ...text(`${JSON.stringify(metadata, null, 4)}\n`), file: { name, text: JSON.stringify(answer) } };
    },
    /** https://docs.aws.amazon.com/cli/latest/reference/s3/cp.html */
    async "s3 cp"(args) {
      const { positionals } = parseArgs({ args, options: {}, allowPositionals: true });
      const [from = "", to] = positionals;
      if (to !== "-") throw new Error("copies to stdout only");
      const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(from) ?? [];
      const s3 = await createAwsClients(service.aws.variables).s3();
      const { Body: body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      return bytes((await body?.transformToByteArray()) ?? new Uint8Array());
    },
    /** https://docs.aws.amazon.com/cli/latest/reference/s3/ls.html */
    async "s3 ls"(args) {
      const { positionals } = parseArgs({ args, options: { recursive: { type: "boolean" } }, allowPositionals: true });
      const [, Bucket = "", Prefix = ""] = /^s3:\/\/([^/]+)\/(.*)$/.exec(positionals[0] ?? "") ?? [];
      const s3 = await createAwsClients(service.aws.variables).s3();
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix }));
      return text(
        Contents.map(({ LastModified: at, Size: size, Key: key }) => {
          const time = at?.toISOString().slice(0, 19).replace("T", " ") ?? "";
          return `${time} ${String(size).padStart(10)} ${key}\n`;
        }).join(""),
      );
    },
  };

  async function answer(argv: readonly string[]): Promise<Answer> {
    const command = commands[argv.slice(0, 2).join(" ")];
    try {
      if (command === undefined) throw new Error(`Found invalid choice '${argv.join(" ")}'`);
      return await command(argv.slice(2));
    } catch (error) {
      return { exit: 254, stdout: "", stderr: `aws: [ERROR]: ${String(error)}\n` };
    }
  }

  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (more: string) => (body += more));
    request.on("end", () => {
      void answer(JSON.parse(body) as string[]).then((said) => response.end(JSON.stringify(said)));
    });
  });
  const listening = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", listening.resolve);
  await listening.promise;
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async close() {
      const { promise, resolve } = Promise.withResolvers<void>();
      server.close(() => resolve());
      server.closeAllConnections();
      await promise;
    },
  };
}
