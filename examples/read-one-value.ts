/** Reads one value of a meter: node read-one-value.ts tcp://192.168.1.20:4059 KEY */
import { connect, openLive, rc4 } from "@meterport/client";
import { parseKey } from "@meterport/protocol";
import { openLink, systemClock, systemEntropy } from "@meterport/transports";

const [link = "tcp://127.0.0.1:4059", keyText = "0123456789abcdef"] = process.argv.slice(2);

const key = parseKey(keyText).secret;
const transport = await openLink(link);
const meter = await connect(transport, { security: rc4({ key, entropy: systemEntropy }), clock: systemClock });

// Reads the unit from the meter once; then one value takes a few bytes on the line.
const live = await openLive(meter, { keys: ["energy_import_wh"] });
const { energy_import_wh: energy } = await live.read();
console.log(energy === null ? "the meter does not give its active import" : `active import: ${energy} Wh`);

await meter.close();
