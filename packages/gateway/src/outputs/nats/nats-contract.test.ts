import { StopSignal } from "@meterport/client/session/stop-signal";
import { Secret } from "@meterport/protocol/mep/security/key";
import { systemClock } from "@meterport/transports/clock";
import { startNats } from "../../../../../test/support/nats.ts";
import { peer } from "../../../../../test/support/peers.ts";
import { HoursTaken } from "../hours-taken.test-kit.ts";
import { outputKinds } from "../list.ts";
import { type Consumer, outputContract } from "../output-contract.test-kit.ts";
import { openValve, throughValve } from "../valve.test-kit.ts";
import { connectNats } from "./nats-connection.ts";

const server = peer("nats-server");
const password = "canary-of-nats";
const secret = new Secret(new TextEncoder().encode(password));

const open = async (): Promise<Consumer> => {
  const nats = await startNats(server.path, ["--user", "meterport", "--pass", password]);
  const valve = await openValve(() => nats.port);
  const login = { user: "meterport", password: secret };
  const powers = new Map<string, number | null>();
  const hours = new HoursTaken();
  const listener = await connectNats(
    {
      settings: { url: `nats://127.0.0.1:${nats.port}`, ...login } as never,
      ...{ clock: systemClock, version: "0" },
      heard: ({ subject, payload }) => {
        const [, point = "", kind] = subject.split(".");
        const body = JSON.parse(payload) as {
          readonly power_w: number | null;
          readonly number: number;
          readonly end: string;
        };
        if (kind === "live") powers.set(point, body.power_w);
        if (kind === "interval") hours.take({ point, ...body });
      },
    },
    new StopSignal(),
  );
  listener.subscribe("meterport.>");
  await listener.flush();
  return {
    output: outputKinds.nats.create({ url: `nats://127.0.0.1:${valve.port}`, ...login } as never),
    ...throughValve(valve),
    changes: () => hours.count(),
    power: (point) => powers.get(point),
    done: async () => {
      listener.close();
      await valve.close();
      await nats.stop();
    },
  };
};

outputContract("nats", open, { skip: server.skip, secrets: [password] });
