import { connect, createServer, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";

/** A way to a service on loopback that can be shut and opened. */
export interface Gate {
  readonly origin: string;
  /** Where it leads; to be set before the first call. */
  target: string;
  /** Connections are refused from now on, and those that are open are cut. */
  shut(): Promise<void>;
  open(): Promise<void>;
}

/** An open gate. */
export async function createGate(): Promise<Gate> {
  const sockets = new Set<Socket>();
  const gate = { target: "" };
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
  };
  const accept = (incoming: Socket) => {
    const { hostname, port } = new URL(gate.target);
    const outgoing = connect(Number(port), hostname);
    keep(incoming);
    keep(outgoing);
    incoming.pipe(outgoing).pipe(incoming);
    incoming.once("close", () => outgoing.destroy());
    outgoing.once("close", () => incoming.destroy());
  };
  let server: Server;
  const listen = async (port: number) => {
    server = createServer(accept);
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, "127.0.0.1", resolve);
    });
    return (server.address() as AddressInfo).port;
  };
  const port = await listen(0);
  return Object.assign(gate, {
    origin: `http://127.0.0.1:${port}`,
    async shut() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    open: async () => void (await listen(port)),
  });
}
