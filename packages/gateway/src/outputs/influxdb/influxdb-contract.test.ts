import { Secret } from "@meterport/protocol/mep/security/key";
import { startInfluxdb } from "../../../../../test/support/influxdb.ts";
import { peer } from "../../../../../test/support/peers.ts";
import { outputKinds } from "../list.ts";
import { type Consumer, outputContract } from "../output-contract.test-kit.ts";
import { firstHour, hour } from "../output-world.test-kit.ts";
import { openValve, throughValve } from "../valve.test-kit.ts";

const influxd = peer("influxd");
const password = "canary-of-influxdb";

const open = async (): Promise<Consumer> => {
  const login = { user: "meterport", password };
  const influx = await startInfluxdb(influxd.path, { login, database: "meterport" });
  const valve = await openValve(() => influx.port);
  let count = 0;
  let looking = true;
  const look = async (): Promise<void> => {
    while (looking) {
      const rows = await influx.query("SELECT value FROM meterport_interval WHERE point = 'home'").catch(() => []);
      const isRight = rows.every(({ time, value }, n) => time === firstHour + (n + 1) * hour && value === 1_000);
      count = isRight ? rows.length : -1;
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  };
  const looked = look();
  return {
    output: outputKinds.influxdb.create({
      ...{ url: `http://127.0.0.1:${valve.port}`, user: "meterport", batch: 200 },
      password: new Secret(new TextEncoder().encode(password)),
    } as never),
    ...throughValve(valve),
    changes: () => count,
    done: async () => {
      looking = false;
      await looked;
      await valve.close();
      await influx.stop();
    },
  };
};

outputContract("influxdb", open, { skip: influxd.skip, secrets: [password] });
