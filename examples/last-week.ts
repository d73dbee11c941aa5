/** The meter's load profile of the last seven days, added up by UTC day: node last-week.ts LINK KEY */
import { connect, rc4 } from "@meterport/client";
import { consumption, openLoadProfile } from "@meterport/client/readers/index";
import { parseKey } from "@meterport/protocol";
import { openLink, systemClock, systemEntropy } from "@meterport/transports";

const [link = "tcp://127.0.0.1:4059", keyText = "0123456789abcdef"] = process.argv.slice(2);
const activeImport = 0; // the source id of "Fwd Active Wh L1L2L3"

const transport = await openLink(link);
const security = rc4({ key: parseKey(keyText).secret, entropy: systemEntropy });
const meter = await connect(transport, { security, clock: systemClock });
const profile = await openLoadProfile(meter);
if (profile.energyUnit === null) throw new Error("the meter does not report the unit of its registers");

const since = Date.now() - 7 * 86_400_000;
const days = new Map<string, { wh: number; unknown: number }>();
for await (const interval of consumption(profile.intervals({ since }), { rollover: await profile.rollover() })) {
  const day = new Date(interval.end - 1).toISOString().slice(0, 10);
  const total = days.get(day) ?? { wh: 0, unknown: 0 };
  const value = interval.channels.find(({ source }) => source === activeImport)?.value ?? null;
  // A gap is counted, and never taken as 0.
  if (value === null) total.unknown++;
  else total.wh += value * profile.energyUnit;
  days.set(day, total);
}
for (const [day, { wh, unknown }] of days)
  console.log(
    `${day}  ${(wh / 1000).toFixed(3).padStart(8)} kWh${unknown === 0 ? "" : `  (${unknown} intervals unknown)`}`,
  );
await meter.close();
