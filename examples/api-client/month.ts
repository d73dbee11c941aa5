/**
 * Prints each point of a daemon with its import of the last month by day, through the typed client beside this file.
 * node month.ts http://127.0.0.1:8765 [TOKEN]
 */
import { ApiError } from "./api-connection.ts";
import { MeterportApi } from "./meterport-api.ts";

const [url = "http://127.0.0.1:8765", token] = process.argv.slice(2);
const api = new MeterportApi({ url, token });

try {
  let cursor: string | undefined;
  do {
    const page = await api.points({ limit: 100, cursor });
    for (const { id, name, link, power_w } of page.points) {
      console.log(`${name}: ${link.state}, ${power_w ?? "–"} W`);
      const { sums, zone } = await api.pointIntervals(id, { channel: "energy_import_wh", sum: "day" });
      // A day begins at midnight of the point's zone, which is another date in UTC. Swedish dates are those of ISO 8601.
      const day = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeZone: zone ?? "UTC" });
      for (const { from, value } of sums ?? [])
        if (value !== null) console.log(`  ${day.format(new Date(from))} ${(value / 1000).toFixed(3)} kWh`);
    }
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
} catch (error) {
  if (!(error instanceof ApiError)) throw error;
  console.error(`${error.code}: ${error.message}`);
  process.exitCode = 1;
}
