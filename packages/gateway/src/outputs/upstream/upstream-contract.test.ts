import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Secret } from "@meterport/protocol/mep/security/key";
import { outputKinds } from "../list.ts";
import { type Consumer, outputContract } from "../output-contract.test-kit.ts";
import { firstHour, hour } from "../output-world.test-kit.ts";
import { openValve } from "../valve.test-kit.ts";
import { readBody } from "./upstream-wire.ts";

const token = "canary-of-upstream";

/** A fleet that takes each number once. */
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
      if (request.headers.authorization !== `Bearer ${token}`) return response.writeHead(401).end();
      if (request.method !== "POST") return response.writeHead(404).end();
      const entries = readBody(body);
      if (typeof entries === "string") return response.writeHead(400).end(entries);
      for (const { entry } of entries) {
        if (entry.number <= newest) continue;
        newest = entry.number;
        if (entry.kind === "interval" && entry.point === "home") ends.push(entry.interval.end);
      }
      return response.writeHead(200).end("{}");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const valve = await openValve(() => (server.address() as AddressInfo).port);
  return {
    output: outputKinds.upstream.create(
      { url: `http://127.0.0.1:${valve.port}/`, token: new Secret(new TextEncoder().encode(token)) } as never,
      {} as never,
    ),
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

outputContract("upstream", open, { secrets: [token] });
