/**
 * One live reading over a modelled 9600-baud line with the meter's throttle and pauses, in virtual time: our plan, the
 * plan of the existing ESP32 firmware (BT23 first 13 bytes and BT28 in full, every 2 s: its request codes are public),
 * and the minimum that the line needs for those bytes.
 */
import { connect, openLive, rc4 } from "@meterport/client";
import { parseProfile } from "@meterport/protocol/layout/index";
import { encodeRequest } from "@meterport/protocol/mep/frame/apdu";
import { Secret } from "@meterport/protocol/mep/security/key";
import { modelledLine, VirtualMeter } from "@meterport/simulator";
import { VirtualClock } from "../test/support/virtual-clock.ts";
import { say } from "./measure.ts";

const baud = 9600;
const key = new Secret(new Uint8Array(16).fill(1));
const readings = 20;

interface Cost {
  readonly bytes: number;
  readonly millis: number;
}

const run = async (
  work: (clock: VirtualClock, client: Awaited<ReturnType<typeof connect>>) => Promise<() => Promise<unknown>>,
): Promise<Cost> => {
  const clock = new VirtualClock();
  const meter = new VirtualMeter({
    profile: parseProfile("meter:3.70"),
    keys: { basic: key, advanced: new Secret(new Uint8Array(16).fill(2)) },
    scenario: "house",
    seed: 1,
    start: clock.wall(),
  });
  const line = modelledLine({ meter, clock, baud });
  const security = rc4({ key, entropy: (length) => new Uint8Array(length).fill(9) });
  const client = await clock.run(connect(line, { security, clock }));
  const once = await work(clock, client);
  await clock.run(once());
  const before = line.counts;
  const start = clock.now();
  for (let i = 0; i < readings; i++) await clock.run(once());
  const after = line.counts;
  return {
    bytes: (after.toMeter + after.toClient - before.toMeter - before.toClient) / readings,
    millis: (clock.now() - start) / readings,
  };
};

const row = (name: string, { bytes, millis }: Cost, limit: Cost): void =>
  say(
    `${name.padEnd(50)} ${bytes.toFixed(0).padStart(5)} bytes ${millis.toFixed(0).padStart(6)} ms ${(1000 / millis).toFixed(2).padStart(6)} Hz  ${(
      millis / limit.millis
    ).toFixed(2)} x the line's own limit for its bytes`,
  );
/** The bytes back to back at this speed, without any pause or waiting. */
const atLimit = (bytes: number): Cost => ({ bytes, millis: (bytes * 10_000) / baud });

export const benchLiveLine = async (): Promise<void> => {
  say(`One full set of live keys at ${baud} baud, meter firmware 3.70, back to back`);
  const ours = await run(async (clock, client) => {
    const live = await clock.run(openLive(client));
    return () => live.read();
  });
  const existing = await run(async (_clock, client) => {
    const ask = (apdu: Uint8Array) => client.session.request(apdu, { label: "read" });
    const bt23 = encodeRequest({ kind: "read-at", table: 23, offset: 0, count: 13 });
    const bt28 = encodeRequest({ kind: "read", table: 28, count: 512 });
    return async () => {
      await ask(bt23);
      await ask(bt28);
    };
  });
  const power = await run(async (clock, client) => {
    const live = (await clock.run(openLive(client))).only(["power_w"]);
    return () => live.read();
  });
  row("Meterport, all live keys", ours, atLimit(ours.bytes));
  row("existing firmware's plan (no export VArh)", existing, atLimit(existing.bytes));
  row("Meterport, power alone", power, atLimit(power.bytes));
  say(
    `Meterport takes ${(ours.bytes / existing.bytes).toFixed(2)} x the bytes and ${(ours.millis / existing.millis).toFixed(2)} x the time of the existing plan.`,
  );
};

if (import.meta.main) await benchLiveLine();
