import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** Answers every request at once, as TagResources does. In a process of its own, so that its work isn't counted. */
const answer = JSON.stringify({ RequestId: "8D0C6E1F-0000-0000-0000-000000000000" });
const server = createServer((request, response) => {
  request.resume();
  request.once("end", () => {
    response.writeHead(200, { "content-type": "application/json", "content-length": answer.length });
    response.end(answer);
  });
});
// Only where `bench/call.ts` has forked it: the benchmark runner imports every file of this folder.
if (process.send !== undefined) {
  server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
  process.once("disconnect", () => server.close());
}
