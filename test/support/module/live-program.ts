/** Runs on the module: link, session and RC4, then the live values again and again. */
import { connect, openLive, rc4 } from "@meterport/client";
import { Secret } from "@meterport/protocol";
import { clock, entropy, pipe, run } from "./guest.ts";

run(async () => {
  const key = new Secret(new Uint8Array(16).fill(1));
  const meter = await connect(pipe, { security: rc4({ key, entropy }), clock });
  const live = await openLive(meter);
  let last: unknown;
  for (let i = 0; i < 60; i++) last = await live.read();
  return { reading: last, failures: meter.session.counters.failures };
});
