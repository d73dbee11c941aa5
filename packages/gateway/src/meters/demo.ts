/** The simulated household, used while no meter is configured: a virtual meter, read over the real protocol. */
import { rc4, type Security } from "@meterport/client";
import type { LiveReading } from "@meterport/protocol/meaning/readings";
import { Secret } from "@meterport/protocol/mep/security/key";
import type { Clock, Entropy, Millis, Transport } from "@meterport/protocol/ports";
import { memoryLine, modelledLine, VirtualMeter } from "@meterport/simulator";
import { linkMeter, type MeterAccess } from "./meter-link.ts";

export interface DemoDeps {
  readonly clock: Clock;
  readonly entropy: Entropy;
  /** When the virtual meter was installed, Unix milliseconds in the past: its registers have counted since. */
  readonly installed: Millis;
}

export interface Demo {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  /** The virtual meter's key, generated at this start. */
  readonly key: Secret;
  readonly access: MeterAccess;
  /** Pulls the cable at the meter, or puts it back: meanwhile nothing is heard, and no port closes. True if it is in again. */
  readonly pull: () => boolean;
  /** Readings from `from` to now, oldest first, one a minute and more in the last hour: as if the gateway had run all the time. */
  readonly past: (from: Millis) => AsyncIterable<readonly LiveReading[]>;
}

const url = "line://9600";
const minute = 60_000;
const hour = 60 * minute;
/** As fine as the page draws the last hour. */
const fine = 10_000;
/** Readings that are stored together. */
const handful = 60;

/** A clock that only moves when it is set: timers that are due run at once, later ones never. */
const steppedClock = (clock: Clock): Clock & { set: (wall: Millis) => void } => {
  const offset = clock.wall() - clock.now();
  let now = clock.now();
  return {
    now: () => now,
    wall: () => now + offset,
    at: (time, task) => {
      let wanted = time <= now;
      if (wanted)
        queueMicrotask(() => {
          if (wanted) task();
        });
      return () => {
        wanted = false;
      };
    },
    set: (wall) => {
      now = wall - offset;
    },
  };
};

/** Loses the bytes of both directions while the cable is out. */
const overCable = (line: Transport, isIn: () => boolean): Transport => ({
  name: line.name,
  ...(line.timing === undefined ? {} : { timing: line.timing }),
  ...(line.speed === undefined ? {} : { speed: line.speed }),
  write: async (bytes) => {
    if (isIn()) await line.write(bytes);
  },
  chunks: {
    async *[Symbol.asyncIterator]() {
      for await (const chunk of line.chunks) if (isIn()) yield chunk;
    },
  },
  close: () => line.close(),
});

/** A virtual meter of firmware 3.70 on a modelled serial line of 9600 baud. */
export const createDemo = ({ clock, entropy, installed }: DemoDeps): Demo => {
  const basic = new Secret(entropy(16));
  const meter = new VirtualMeter({
    profile: { family: "meter", firmware: [3, 70] },
    keys: { basic, advanced: new Secret(entropy(16)) },
    scenario: "house",
    seed: 1,
    start: installed,
    epoch: clock.now() - (clock.wall() - installed),
  });
  let isIn = true;
  const security = (): Security => rc4({ key: basic, entropy, level: "basic" });
  return {
    id: "home",
    name: "Simulated household",
    url,
    key: basic,
    access: {
      near: true,
      open: async () => overCable(modelledLine({ meter, clock, baud: 9600 }), () => isIn),
      connect: (transport, signal, onSession) =>
        linkMeter(transport, { security: security(), clock, signal, onSession }),
    },
    pull: () => {
      isIn = !isIn;
      return isIn;
    },
    past: async function* (from) {
      const then = steppedClock(clock);
      const last = clock.wall();
      then.set(from);
      const { meter: reached, live } = await linkMeter(memoryLine({ meter, clock: then }), {
        security: security(),
        clock: then,
        timing: { requestSpacing: 0 },
      });
      let readings: LiveReading[] = [];
      for (let time = from; time < last; time += last - time > hour ? minute : fine) {
        then.set(time);
        readings.push(await live.read());
        if (readings.length < handful) continue;
        yield readings;
        readings = [];
      }
      yield readings;
      await reached.close();
    },
  };
};
