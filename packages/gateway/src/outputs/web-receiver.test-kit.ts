/** A web server that takes changes, behind a valve: the consumer of outputs that send requests. */
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import type { Output } from "@meterport/engine/ports/output";
import { HoursTaken, type TakenChange } from "./hours-taken.test-kit.ts";
import type { Consumer } from "./output-contract.test-kit.ts";
import { openValve, throughValve } from "./valve.test-kit.ts";

export interface WebReceiver {
  /** @param port of the valve on the loopback */
  readonly output: (port: number) => Output;
  /** What a request brings; or the status with which it is refused. */
  readonly taken: (request: {
    readonly method: string | undefined;
    readonly headers: IncomingHttpHeaders;
    readonly body: string;
  }) => readonly TakenChange[] | number;
}

export const openWebReceiver = async ({ output, taken }: WebReceiver): Promise<Consumer> => {
  const hours = new HoursTaken();
  const server = createServer((request, response) => {
    let body = "";
    request.on("error", () => {});
    request.on("data", (chunk) => {
      body += String(chunk);
    });
    request.on("end", () => {
      const found = taken({ method: request.method, headers: request.headers, body });
      if (typeof found === "number") return response.writeHead(found).end();
      for (const change of found) hours.take(change);
      return response.writeHead(200).end("{}");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const valve = await openValve(() => (server.address() as AddressInfo).port);
  return {
    output: output(valve.port),
    ...throughValve(valve),
    changes: () => hours.count(),
    done: async () => {
      await valve.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
