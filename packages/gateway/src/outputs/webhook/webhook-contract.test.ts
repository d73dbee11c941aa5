import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Secret } from "@meterport/protocol/mep/security/key";
import { outputKinds } from "../list.ts";
import { type Consumer, outputContract } from "../output-contract.test-kit.ts";
import { firstHour, hour } from "../output-world.test-kit.ts";
import { openValve } from "../valve.test-kit.ts";

const secret = "canary-of-the-webhook";

interface Body {
  readonly data: {
    readonly changes?: readonly { readonly point: string; readonly number: number; readonly end: string }[];
  };
}

/** A receiver that refuses what is not signed, and takes each number once. */
const open = async (): Promise<Consumer> => {
  const ends: number[] = [];
  let newest = 0;
  const server = createServer((request, response) => {
    let body = "";
    request.on("error", () => {});
    request.on("data", (chunk) => {
      body += String(chunk);
    });
    request.on("end", () => {
      const { "webhook-id": id, "webhook-timestamp": time, "webhook-signature": signature } = request.headers;
      const right = createHmac("sha256", secret).update(`${id}.${time}.${body}`).digest("base64");
      if (signature !== `v1,${right}`) return response.writeHead(401).end();
      for (const { point, number, end } of (JSON.parse(body) as Body).data.changes ?? []) {
        if (number <= newest) continue;
        newest = number;
        if (point === "home") ends.push(Date.parse(end));
      }
      return response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const valve = await openValve(() => (server.address() as AddressInfo).port);
  return {
    output: outputKinds.webhook.create({
      url: `http://127.0.0.1:${valve.port}/hook`,
      secret: new Secret(new TextEncoder().encode(secret)),
    } as never),
    away: async (away) => valve.away(away),
    stalled: (stalled) => (stalled ? valve.shut() : valve.open()),
    garbage: valve.dirty,
    changes: () => (ends.every((end, n) => end === firstHour + (n + 1) * hour) ? ends.length : -1),
    done: async () => {
      await valve.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

outputContract("webhook", open, { secrets: [secret] });
