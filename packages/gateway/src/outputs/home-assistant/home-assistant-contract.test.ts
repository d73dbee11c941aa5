import { Secret } from "@meterport/protocol/mep/security/key";
import { outputKinds } from "../list.ts";
import { type Consumer, outputContract } from "../output-contract.test-kit.ts";
import { firstHour, hour } from "../output-world.test-kit.ts";
import { openValve, throughValve } from "../valve.test-kit.ts";
import { fakeHomeAssistant } from "./fake-home-assistant.test-kit.ts";

const token = "canary-of-home-assistant";

const open = async (): Promise<Consumer> => {
  const ha = await fakeHomeAssistant(token);
  const valve = await openValve(ha.port);
  return {
    output: outputKinds.home_assistant.create({
      url: `http://127.0.0.1:${valve.port}`,
      token: new Secret(new TextEncoder().encode(token)),
    } as never),
    ...throughValve(valve),
    changes: () => {
      const rows = [...(ha.statistics.get("meterport:home_energy_import") ?? [])].sort(([a], [b]) => a - b);
      // One kWh in each hour, so that a lost or a doubled one is seen in every sum after it.
      const isRight = rows.every(([start, sum], n) => start === firstHour + n * hour && sum === n + 1);
      return isRight ? rows.length : -1;
    },
    done: async () => {
      await valve.close();
      await ha.close();
    },
  };
};

outputContract("home_assistant", open, { secrets: [token] });
