import { Secret } from "@meterport/protocol/mep/security/key";
import { outputKinds } from "../list.ts";
import { type Consumer, outputContract } from "../output-contract.test-kit.ts";
import { openWebReceiver } from "../web-receiver.test-kit.ts";
import { readBody } from "./upstream-wire.ts";

const token = "canary-of-upstream";

/** A fleet that knows this gateway. */
const open = (): Promise<Consumer> =>
  openWebReceiver({
    output: (port) =>
      outputKinds.upstream.create(
        { url: `http://127.0.0.1:${port}/`, token: new Secret(new TextEncoder().encode(token)) } as never,
        {} as never,
      ),
    taken: ({ method, headers, body }) => {
      if (headers.authorization !== `Bearer ${token}`) return 401;
      if (method !== "POST") return 404;
      const entries = readBody(body);
      if (typeof entries === "string") return 400;
      return entries.map(({ entry }) => ({
        ...{ number: entry.number, point: entry.point },
        end: entry.kind === "interval" ? entry.interval.end : undefined,
      }));
    },
  });

outputContract("upstream", open, { secrets: [token] });
