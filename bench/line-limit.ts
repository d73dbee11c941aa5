/** A virtual meter on a modelled serial line in virtual time, and the time that the line itself needs for the bytes. */
import { connect, type Meter, rc4 } from "@meterport/client";
import type { Profile } from "@meterport/protocol/layout/index";
import { Secret } from "@meterport/protocol/mep/security/key";
import type { Transport } from "@meterport/protocol/ports";
import { modelledLine, VirtualMeter } from "@meterport/simulator";
import { VirtualClock } from "../test/support/virtual-clock.ts";
import { say } from "./measure.ts";

export const baud = 9600;
/** Milliseconds. */
const byteTime = 10_000 / baud;
/** A long response comes in pieces of 117 bytes with 25 ms between them (MEP guide 1.1, p. 27). */
const segment = 117;
const pause = 25;
/** The meter answers at most one request every 100 ms (p. 27). */
const throttle = 100;

export interface Exchange {
  readonly sent: number;
  received: number;
}

/** The same line, with a record of the bytes of each request and response. */
export const weighed = (line: Transport, exchanges: Exchange[]): Transport => ({
  name: line.name,
  write: (bytes) => {
    exchanges.push({ sent: bytes.length, received: 0 });
    return line.write(bytes);
  },
  close: () => line.close(),
  chunks: (async function* () {
    for await (const chunk of line.chunks) {
      const last = exchanges.at(-1);
      if (last !== undefined) last.received += chunk.length;
      yield chunk;
    }
  })(),
});

/** The minimum time of each exchange: its bytes alone; with the pauses inside it; and with the meter's throttle, too. */
export const limitsOf = (exchanges: readonly Exchange[]) => {
  let [bare, paused, throttled] = [0, 0, 0];
  for (const { sent, received } of exchanges) {
    const own = (sent + received) * byteTime;
    const withPauses = own + Math.max(0, Math.ceil(received / segment) - 1) * pause;
    bare += own;
    paused += withPauses;
    throttled += Math.max(throttle, withPauses);
  }
  return { bare, paused, throttled };
};

export interface ModelledMeter {
  readonly clock: VirtualClock;
  readonly meter: Meter;
  /** Runs the work, which counts what it read, and compares its time with what the line and the meter impose. */
  readonly row: (name: string, unit: string, work: () => Promise<number>) => Promise<void>;
}

export const openModelled = async (profile: Profile): Promise<ModelledMeter> => {
  const clock = new VirtualClock();
  const [basic, advanced] = [1, 2].map((byte) => new Secret(new Uint8Array(16).fill(byte))) as [Secret, Secret];
  const device = new VirtualMeter({
    profile,
    keys: { basic, advanced },
    scenario: "house",
    seed: 1,
    start: clock.wall(),
  });
  const exchanges: Exchange[] = [];
  const line = weighed(modelledLine({ meter: device, clock, baud }), exchanges);
  const security = rc4({ key: basic, entropy: (length) => new Uint8Array(length).fill(9) });
  const meter = await clock.run(connect(line, { security, clock }));
  const row = async (name: string, unit: string, work: () => Promise<number>): Promise<void> => {
    exchanges.length = 0;
    const began = clock.now();
    const count = await clock.run(work());
    const took = clock.now() - began;
    const bytes = exchanges.reduce((sum, { sent, received }) => sum + sent + received, 0);
    const { bare, paused, throttled } = limitsOf(exchanges);
    const ratio = (limit: number): string => (took / limit).toFixed(3);
    say(
      `${name.padEnd(22)} ${String(count).padStart(5)} ${unit.padEnd(9)} ${String(exchanges.length).padStart(4)} requests ${String(bytes).padStart(7)} bytes ${(took / 1000).toFixed(2).padStart(7)} s  ${ratio(bare)} x the bytes alone, ${ratio(paused)} x with the meter's pauses, ${ratio(throttled)} x with its 100 ms between requests, too`,
    );
  };
  return { clock, meter, row };
};
