/** A process of a fleet without meters: `node fake-worker.test-kit.ts URL HOLDER FLEET`. Prints an event a line as JSON. */
import { systemClock } from "@meterport/transports/clock";
import { Database } from "../books/database.ts";
import { checkFleet } from "../books/migrate.ts";
import { ShardEngine } from "./engine.ts";
import { Holder } from "./holder.ts";

const [url = "", holder = "", fleetId = ""] = process.argv.slice(2);
const say = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

const database = await Database.open(url);
try {
  const { shards } = await checkFleet(database, fleetId);
  const onProblem = (text: string): void => say({ type: "problem", text });
  const engine = await ShardEngine.start({ place: database.place, clock: systemClock, onProblem, name: holder });
  const running = await Holder.start({
    ...{ engine, holder, address: "", version: "1.0.0", shards, clock: systemClock, onEvent: say },
    tend: async ({ shard, signal }) => {
      say({ type: "open", shard });
      await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
      say({ type: "closed", shard });
    },
  });
  process.once("SIGTERM", async () => {
    await running.stop();
    await engine.stop();
    await database.close();
  });
} catch (error) {
  say({ type: "refused", text: error instanceof Error ? error.message : String(error) });
  process.exitCode = 1;
  await database.close();
}
