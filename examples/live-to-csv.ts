/** Live values as CSV, one line a second, until Ctrl-C or a number of lines: node live-to-csv.ts LINK KEY [LINES] */
import { connect, openLive, rc4 } from "@meterport/client";
import { Supervisor } from "@meterport/client/supervision/supervisor";
import { emptyReading, MeterportError, parseKey } from "@meterport/protocol";
import { openLink, systemClock, systemEntropy } from "@meterport/transports";

const [link = "tcp://127.0.0.1:4059", keyText = "0123456789abcdef", lines = "Infinity"] = process.argv.slice(2);
const columns = ["time", "power_w", "energy_import_wh", "energy_export_wh", "voltage_l1_v", "quality"] as const;

const key = parseKey(keyText).secret;
// A supervisor opens the link, and reopens it whenever it is lost. It keeps what it learnt about the meter.
const supervisor = new Supervisor({
  name: link,
  open: ({ signal }) => openLink(link, signal),
  connect: async (transport, signal, onSession) => {
    const security = rc4({ key, entropy: systemEntropy });
    const meter = await connect(transport, { security, clock: systemClock, signal, onSession });
    return { meter, live: await openLive(meter, { signal }) };
  },
  clock: systemClock,
  entropy: systemEntropy,
});
supervisor.listen(({ state, cause }) => console.error(`link ${state}${cause === null ? "" : `: ${cause.text}`}`));
supervisor.start();
await supervisor.first();

const read = async () => {
  try {
    return await supervisor.run(({ live }, signal) => live.read({ signal }), {
      label: "read live values",
      limit: 5_000,
    });
  } catch (error) {
    if (!(error instanceof MeterportError)) throw error;
    // No answer never means zero: every value is null, and the quality gives the reason.
    return emptyReading(new Date().toISOString(), "stale");
  }
};

console.log(columns.join(","));
for (let line = 1; line <= Number(lines); line++) {
  const reading = await read();
  console.log(columns.map((name) => reading[name] ?? "").join(","));
  if (line < Number(lines)) await new Promise((resolve) => setTimeout(resolve, 1_000));
}
await supervisor.close();
